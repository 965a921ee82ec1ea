/**
 * Preloaded into the broker's process. It watches how long the event loop is held and how much memory there is; on SIGUSR2
 * it writes what it has seen since the last time to the file that PROBE_FILE names, and begins anew.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";

export interface ProbeReading {
  /** The longest time in which the loop did not come round, without what other processes took of it meanwhile. */
  readonly longestHoldMs: number;
  /** Holds of more than 5 ms. */
  readonly longHolds: number;
  readonly peakResidentBytes: number;
  readonly residentBytes: number;
  /** What is alive: of the heap and outside of it, after a collection. */
  readonly liveBytes: number;
}

const TICK_MS = 1;
const TICKS_PER_MEMORY_SAMPLE = 20;
const LONG_HOLD_MS = 5;
const NANOSECONDS_PER_MS = 1_000_000;
const file = process.env.PROBE_FILE ?? "";

let lastMs = performance.now();
let lastWaitMs = waitedForProcessorMs();
let ticks = 0;
let longestHoldMs = 0;
let longHolds = 0;
let peakResidentBytes = 0;

setInterval(tick, TICK_MS).unref();
process.on("SIGUSR2", report);

function tick(): void {
  const [nowMs, waitMs] = [performance.now(), waitedForProcessorMs()];
  const holdMs = nowMs - lastMs - (waitMs - lastWaitMs) - TICK_MS;
  [lastMs, lastWaitMs] = [nowMs, waitMs];
  longestHoldMs = Math.max(longestHoldMs, holdMs);
  if (holdMs > LONG_HOLD_MS) longHolds++;
  if (++ticks % TICKS_PER_MEMORY_SAMPLE === 0) {
    peakResidentBytes = Math.max(peakResidentBytes, process.memoryUsage.rss());
  }
}

/** So long was this thread ready to run while another one did. 0 where the system does not tell. */
function waitedForProcessorMs(): number {
  try {
    const [, waitedNs] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
    return Number(waitedNs) / NANOSECONDS_PER_MS;
  } catch {
    return 0;
  }
}

function report(): void {
  const seen = { longestHoldMs, longHolds, peakResidentBytes };
  globalThis.gc?.();
  const { rss: residentBytes, heapUsed, external } = process.memoryUsage();
  const reading: ProbeReading = { ...seen, residentBytes, liveBytes: heapUsed + external };
  writeFileSync(`${file}.new`, JSON.stringify(reading));
  renameSync(`${file}.new`, file);
  [lastMs, lastWaitMs] = [performance.now(), waitedForProcessorMs()];
  [longestHoldMs, longHolds, peakResidentBytes] = [0, 0, residentBytes];
}
