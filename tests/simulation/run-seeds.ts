/** The process that `run.ts` starts: it is sent seeds and answers with what became of each. */
import { isDeepStrictEqual } from "node:util";
import type { RunSummary } from "../../src/environments/simulated/simulation.js";
import { clusterRun } from "./cluster/cluster-run.js";
import type { Fault } from "./cluster/schedule.js";
import { crashRun } from "./crash/crash-run.js";
import { firstLight } from "./first-light.js";

export interface SeedTask {
  readonly seed: number;
  /** Of a cluster, in place of those that the seed draws. */
  readonly faults?: readonly Fault[] | null;
}

export interface SeedResult {
  readonly seed: number;
  /** Null: it failed. */
  readonly summary: SeedSummary | null;
  readonly failure: string | null;
}

/** What a run of a cluster counts beside what all count. */
interface SeedSummary extends RunSummary {
  readonly operations?: number;
  readonly faults?: number;
}

/** Small buffers are cut from pools; with larger ones there are fewer for the garbage collector to keep track of. */
Buffer.poolSize = 128 * 1024;

type Play = (task: SeedTask) => Promise<SeedSummary>;

const crash: Play = ({ seed }) => crashRun(seed);
const plays = new Map<string, Play>([
  ["crash", crash],
  ["life", ({ seed }) => twiceTheSame(seed)],
  ["cluster", ({ seed, faults }) => clusterRun(seed, faults)],
]);
const play = plays.get(process.argv[2] ?? "") ?? crash;
// Who asked has gone, by Ctrl-C say: nobody waits for this seed.
process.on("disconnect", () => process.exit());
process.on("message", (task: SeedTask) => void resultOf(task).then((result) => process.send?.(result)));

async function resultOf(task: SeedTask): Promise<SeedResult> {
  const { seed } = task;
  try {
    return { seed, summary: await play(task), failure: null };
  } catch (failure) {
    return { seed, summary: null, failure: failure instanceof Error ? failure.message : String(failure) };
  }
}

async function twiceTheSame(seed: number): Promise<RunSummary> {
  const first = await firstLight(seed);
  const second = await firstLight(seed);
  if (!isDeepStrictEqual(first, second)) throw new Error(`two runs differ: ${first.sentHash}, ${second.sentHash}`);
  return first;
}
