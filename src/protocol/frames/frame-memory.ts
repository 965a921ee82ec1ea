import { ReusedBuffers } from "../../lib/reused-buffers.js";

/** So much stays for the next frames when those before are done with. */
const KEPT_BYTES_MAX = 8 * 1024 * 1024;

/**
 * One memory budget for the large frames of all connections. A frame is reserved whole before its first byte is kept,
 * so that every frame that was begun can be finished; who finds no room waits in line, unread.
 */
export class FrameMemory {
  readonly #limitBytes: number;
  readonly #waiting: { readonly bytes: number; readonly granted: () => void }[] = [];
  /** For frames that are not small; whoever knows that nobody looks at one any more gives its buffer back. */
  readonly buffers = new ReusedBuffers(KEPT_BYTES_MAX);
  #reservedBytes = 0;

  /** `limitBytes` must hold the largest single frame. */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get reservedBytes(): number {
    return this.#reservedBytes;
  }

  /** True: the bytes are reserved. False: `granted` will run when they are, unless `forget(granted)` comes first. */
  reserve(bytes: number, granted: () => void): boolean {
    if (this.#waiting.length === 0 && this.#fits(bytes)) {
      this.#reservedBytes += bytes;
      return true;
    }
    this.#waiting.push({ bytes, granted });
    return false;
  }

  release(bytes: number): void {
    this.#reservedBytes -= bytes;
    this.#grant();
  }

  forget(granted: () => void): void {
    const at = this.#waiting.findIndex((waiting) => waiting.granted === granted);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    this.#grant();
  }

  #grant(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#reservedBytes += next.bytes;
      next.granted();
    }
  }

  #fits(bytes: number): boolean {
    return this.#reservedBytes + bytes <= this.#limitBytes || this.#reservedBytes === 0;
  }
}
