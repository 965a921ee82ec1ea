/** So that no workload pays for the first touch of what it leaves in the page cache. */
import { BYTES_PER_GB } from "../log/figures.js";
import { warmMemory } from "../warm-memory.js";

const BYTES_PER_WORKLOAD = 1.5 * BYTES_PER_GB;
/** A machine has its memory for other things as well. */
const BYTES_MAX = 8 * BYTES_PER_GB;

export function warmForWorkloads(workloads: number, scale: number): void {
  warmMemory(Math.min(workloads * BYTES_PER_WORKLOAD, BYTES_MAX) * Math.min(1, scale));
}
