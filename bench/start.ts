/**
 * `npm run bench:start`: starts Apache Kafka and Samsa in turn, each time in a new folder, and compares the medians of the
 * time to ready and of the memory at rest with the limits that Samsa has set itself.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { startTarget, targets } from "../tests/support/start-target.js";
import type { Target } from "../tests/support/target-broker.js";
import { runBench, wholeNumber } from "./command/run-bench.js";
import { median } from "./log/figures.js";
import { residentMb } from "./speed/contender.js";

/** The share of Apache Kafka's figure that Samsa's may be. */
const READY_SHARE_MAX = 1 / 20;
const MEMORY_SHARE_MAX = 1 / 4;
/** How long a broker rests before its memory is read. */
const REST_MS = 3000;
const RUNS = 5;
const NANOSECONDS_PER_MS = 1_000_000;

interface Start {
  readonly readyMs: number;
  /** Of the processor, up to then: it hardly depends on what else the machine does. */
  readonly cpuMs: number;
  readonly residentMb: number;
}

type Starts = Readonly<Record<Target, readonly Start[]>>;

await runBench(
  {
    usage: `npm run bench:start [-- --runs N] [--guard]
  --runs N  how often each broker starts; ${RUNS} if not given
  --guard   for the build, whose machine may be busy: only a figure beyond twice its limit is a failure`,
    options: { runs: { type: "string", default: String(RUNS) }, guard: { type: "boolean", default: false } },
  },
  async ({ values }) => {
    const starts = await startOften(wholeNumber("--runs", values.runs));
    const slack = values.guard ? 2 : 1;
    const isReady = compare("start to ready", "ms", READY_SHARE_MAX, slack, (broker) =>
      median(starts[broker].map(({ readyMs }) => readyMs)),
    );
    const cpu = targets.map((target) => `${target} ${median(starts[target].map(({ cpuMs }) => cpuMs)).toFixed(0)} ms`);
    console.log(`CPU until ready: ${cpu.join(", ")}`);
    const isSmall = compare("memory at rest", "MB", MEMORY_SHARE_MAX, slack, (broker) =>
      median(starts[broker].map((start) => start.residentMb)),
    );
    return isReady && isSmall ? 0 : 1;
  },
);

async function startOften(runs: number): Promise<Starts> {
  const starts: Record<Target, Start[]> = { samsa: [], apache: [] };
  for (let run = 1; run <= runs; run += 1) {
    for (const target of targets) {
      const start = await startOnce(target);
      starts[target].push(start);
      const [readyMs, cpuMs, mb] = [start.readyMs, start.cpuMs, start.residentMb].map((figure) => figure.toFixed(0));
      console.log(`run ${run}, ${target}: ready in ${readyMs} ms and ${cpuMs} ms of CPU, ${mb} MB`);
    }
  }
  return starts;
}

async function startOnce(target: Target): Promise<Start> {
  const broker = await startTarget(target);
  try {
    const cpuMs = cpuMsSoFar(broker.pid);
    await sleep(REST_MS);
    return { readyMs: broker.readyMs, cpuMs, residentMb: residentMb(broker) };
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
  return nanoseconds.reduce((sum, ns) => sum + ns, 0) / NANOSECONDS_PER_MS;
}

function compare(
  what: string,
  unit: string,
  shareMax: number,
  slack: number,
  figureOf: (broker: Target) => number,
): boolean {
  const [samsa, apache] = [figureOf("samsa"), figureOf("apache")];
  console.log(
    `${what}: samsa ${samsa.toFixed(0)} ${unit}, apache ${apache.toFixed(0)} ${unit}, 1/${(apache / samsa).toFixed(1)}; ` +
      `at most 1/${1 / shareMax} (${(shareMax * apache).toFixed(0)} ${unit}): ${samsa <= shareMax * apache ? "holds" : "MISSED"}`,
  );
  return samsa <= slack * shareMax * apache;
}
