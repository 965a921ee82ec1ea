/**
 * `npm run bench:start [-- RUNS [--guard]]`: starts Apache Kafka and Samsa in turn, each time in a new folder, and
 * compares the medians of the time to ready and of the memory at rest with the limits that Samsa has set itself.
 * `--guard` is for the build: its machine may be busy, so only a figure beyond twice its limit is a failure.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { runCommandToSuccess } from "../tests/support/run-command.js";
import { startTarget, targets } from "../tests/support/start-target.js";
import type { Target } from "../tests/support/target-broker.js";

/** The share of Apache Kafka's figure that Samsa's may be. */
const READY_SHARE_MAX = 1 / 20;
const MEMORY_SHARE_MAX = 1 / 4;
/** How long a broker rests before its memory is read. */
const REST_MS = 3000;
const BYTES_PER_MB = 1_000_000;
const isGuard = process.argv.includes("--guard");

interface Start {
  readonly readyMs: number;
  /** Of the processor, up to then: it hardly depends on what else the machine does. */
  readonly cpuMs: number;
  readonly residentMb: number;
}

// Node reads these certificates at every start, for 30 ms: a setting of the machine, and no part of either broker.
if (process.env.NODE_EXTRA_CA_CERTS !== undefined) {
  delete process.env.NODE_EXTRA_CA_CERTS;
  console.log("both brokers start without the NODE_EXTRA_CA_CERTS of this machine");
}

const runs = Number(process.argv[2] ?? 5);
const starts: Record<Target, Start[]> = { samsa: [], apache: [] };
for (let run = 1; run <= runs; run += 1) {
  for (const target of targets) {
    const start = await startOnce(target);
    starts[target].push(start);
    const { readyMs, cpuMs, residentMb } = start;
    const [ready, cpu, memory] = [
      `${readyMs.toFixed(0)} ms`,
      `${cpuMs.toFixed(0)} ms of CPU`,
      `${residentMb.toFixed(0)} MB`,
    ];
    console.log(`run ${run}, ${target}: ready in ${ready} and ${cpu}, ${memory}`);
  }
}
const readyHolds = compare("start to ready", "ms", READY_SHARE_MAX, (start) => start.readyMs);
console.log(`CPU until ready: ${targets.map((target) => `${target} ${cpuMsOf(target).toFixed(0)} ms`).join(", ")}`);
const memoryHolds = compare("memory at rest", "MB", MEMORY_SHARE_MAX, (start) => start.residentMb);
process.exitCode = readyHolds && memoryHolds ? 0 : 1;

async function startOnce(target: Target): Promise<Start> {
  const broker = await startTarget(target);
  try {
    const cpuMs = cpuMsSoFar(broker.pid);
    await sleep(REST_MS);
    return { readyMs: broker.readyMs, cpuMs, residentMb: await residentMb(broker.pid) };
  } finally {
    await broker.dispose();
  }
}

/** By the scheduler's own account, of all threads that still live. Only Linux tells it. */
function cpuMsSoFar(pid: number): number {
  const threads = existsSync(`/proc/${pid}/task`) ? readdirSync(`/proc/${pid}/task`) : [];
  const nanoseconds = threads.map((id) =>
    Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, "utf8").split(" ")[0]),
  );
  return nanoseconds.reduce((sum, ns) => sum + ns, 0) / 1e6;
}

function cpuMsOf(target: Target): number {
  return median(starts[target].map(({ cpuMs }) => cpuMs));
}

async function residentMb(pid: number): Promise<number> {
  const { stdout } = await runCommandToSuccess("ps", ["-o", "rss=", "-p", String(pid)]);
  return (Number(stdout) * 1024) / BYTES_PER_MB;
}

function compare(what: string, unit: string, shareMax: number, figure: (start: Start) => number): boolean {
  const [samsa, apache] = [median(starts.samsa.map(figure)), median(starts.apache.map(figure))];
  const holds = samsa <= shareMax * apache;
  console.log(
    `${what}: samsa ${samsa.toFixed(0)} ${unit}, apache ${apache.toFixed(0)} ${unit}, 1/${(apache / samsa).toFixed(1)}; ` +
      `at most 1/${1 / shareMax} (${(shareMax * apache).toFixed(0)} ${unit}): ${holds ? "holds" : "MISSED"}`,
  );
  return holds || (isGuard && samsa <= 2 * shareMax * apache);
}

function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}
