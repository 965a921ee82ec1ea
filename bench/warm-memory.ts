/**
 * Memory that was touched before, for what a bench is about to write. On a virtual machine the first touch of a page may
 * cost three seconds per GB, which would fall on whoever comes first.
 */
import { closeSync, ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../tests/support/temporary-folder.js";

const CHUNK_BYTES = 8 * 1024 * 1024;

/** Free at once. The host of the machine may take back what stays free for a few seconds: for long rounds it is held. */
export function warmMemory(bytes: number): void {
  new HeldMemory(bytes).letGoOfAll();
}

/** Held by the pages of a file that has no name: whatever ends this process, the system frees them. */
export class HeldMemory {
  readonly #file: number;
  #heldBytes = 0;
  #owedBytes = 0;

  constructor(bytes: number) {
    const folder = temporaryFolder("bench-warm");
    const path = join(folder.path, "file");
    this.#file = openSync(path, "w");
    rmSync(path);
    folder.remove();
    const chunk = Buffer.alloc(CHUNK_BYTES, 1);
    while (this.#heldBytes < bytes) this.#heldBytes += writeSync(this.#file, chunk);
  }

  /** So much more was written elsewhere. In chunks: a call for every little would cost more than the memory. */
  letGo(bytes: number): void {
    this.#owedBytes += bytes;
    if (this.#owedBytes < CHUNK_BYTES) return;
    this.#heldBytes = Math.max(0, this.#heldBytes - this.#owedBytes);
    this.#owedBytes = 0;
    ftruncateSync(this.#file, this.#heldBytes);
  }

  letGoOfAll(): void {
    closeSync(this.#file);
  }
}
