/**
 * Preloaded into the process of a broker: every second it writes to a file of its own, in the folder that SOAK_PROBES names,
 * what only the process itself can tell, of the last ten seconds.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const TICK_MS = 10;
const TICKS_PER_SECOND = 100;
const SECONDS = 10;
const NANOSECONDS_PER_MS = 1_000_000;
const folder = process.env.SOAK_PROBES;

let lastMs = performance.now();
let lastWaitMs = waitedForProcessorMs();
let ticks = 0;
let holds = [];
/** The least of the heap since a while ago is what is alive in it, nearly. */
let heaps = [];

// npm and tsx are preloaded with it as well.
if (folder !== undefined && process.argv.includes("start")) setInterval(tick, TICK_MS).unref();

function tick() {
  const [nowMs, waitMs] = [performance.now(), waitedForProcessorMs()];
  // What other processes took of the processor meanwhile is not ours.
  const holdMs = nowMs - lastMs - (waitMs - lastWaitMs) - TICK_MS;
  [lastMs, lastWaitMs] = [nowMs, waitMs];
  holds.push(holdMs);
  if (++ticks % TICKS_PER_SECOND === 0) write();
}

/** So long was this thread ready to run while another one did. */
function waitedForProcessorMs() {
  const [, waitedNs] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
  return Number(waitedNs) / NANOSECONDS_PER_MS;
}

function write() {
  const { heapUsed, external } = process.memoryUsage();
  heaps = [...heaps.slice(1 - SECONDS), heapUsed];
  holds = holds.slice(-TICKS_PER_SECOND * SECONDS);
  const sorted = holds.toSorted((a, b) => a - b);
  const told = {
    heapBytes: Math.min(...heaps),
    externalBytes: external,
    holdMaxMs: sorted.at(-1),
    holdP99Ms: sorted[Math.floor(sorted.length * 0.99)],
  };
  const file = join(folder, `${process.pid}.json`);
  writeFileSync(`${file}.new`, JSON.stringify(told));
  renameSync(`${file}.new`, file);
}
