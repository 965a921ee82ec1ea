/** The process that `run.ts` starts: it is sent seeds and answers with what became of each. */
import { isDeepStrictEqual } from "node:util";
import type { RunSummary } from "../../src/environments/simulated/simulation.js";
import { clusterRun } from "./cluster/cluster-run.js";
import { crashRun } from "./crash/crash-run.js";
import { firstLight } from "./first-light.js";

export interface SeedResult {
  readonly seed: number;
  readonly events: number;
  readonly virtualMs: number;
  readonly failure: string | null;
}

const plays = new Map([
  ["crash", crashRun],
  ["life", twiceTheSame],
  ["cluster", clusterRun],
]);
const play = plays.get(process.argv[2] ?? "") ?? crashRun;
process.on("message", (seed: number) => void resultOf(seed).then((result) => process.send?.(result)));

async function resultOf(seed: number): Promise<SeedResult> {
  try {
    const { events, virtualMs } = await play(seed);
    return { seed, events, virtualMs, failure: null };
  } catch (failure) {
    return { seed, events: 0, virtualMs: 0, failure: failure instanceof Error ? failure.message : String(failure) };
  }
}

async function twiceTheSame(seed: number): Promise<RunSummary> {
  const first = await firstLight(seed);
  const second = await firstLight(seed);
  if (!isDeepStrictEqual(first, second)) throw new Error(`two runs differ: ${first.sentHash}, ${second.sentHash}`);
  return first;
}
