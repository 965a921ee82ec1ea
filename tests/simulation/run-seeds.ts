/** The process that `run.ts` starts: it is sent seeds and answers with what became of each. */
import { isDeepStrictEqual } from "node:util";
import type { RunSummary } from "../../src/environments/simulated/simulation.js";
import { clusterRun } from "./cluster/cluster-run.js";
import { crashRun } from "./crash/crash-run.js";
import { firstLight } from "./first-light.js";

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

const plays = new Map<string, (seed: number) => Promise<SeedSummary>>([
  ["crash", crashRun],
  ["life", twiceTheSame],
  ["cluster", clusterRun],
]);
const play = plays.get(process.argv[2] ?? "") ?? crashRun;
process.on("message", (seed: number) => void resultOf(seed).then((result) => process.send?.(result)));

async function resultOf(seed: number): Promise<SeedResult> {
  try {
    return { seed, summary: await play(seed), failure: null };
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
