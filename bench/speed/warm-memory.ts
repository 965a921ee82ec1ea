/**
 * The first touch of a page of memory may cost a virtual machine three seconds per GB, which would fall on whoever comes
 * first: a file as large as what a round writes is written and removed before.
 */
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";

const CHUNK_BYTES = 8 * 1024 * 1024;
/** About what one workload leaves in the page cache. */
const BYTES_PER_WORKLOAD = 1_500_000_000;
/** A machine has its memory for other things as well. */
const BYTES_MAX = 8_000_000_000;

export function warmMemory(workloads: number, scale: number): void {
  const folder = temporaryFolder("bench-warm");
  const path = join(folder.path, "file");
  const file = openSync(path, "w");
  // Whatever ends this process: the system frees what is written to a file without a name.
  rmSync(path);
  folder.remove();
  const chunk = Buffer.alloc(CHUNK_BYTES, 1);
  try {
    const bytes = Math.min(workloads * BYTES_PER_WORKLOAD, BYTES_MAX) * Math.min(1, scale);
    for (let written = 0; written < bytes; written += CHUNK_BYTES) writeSync(file, chunk);
  } finally {
    closeSync(file);
  }
}
