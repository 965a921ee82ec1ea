/** Finds the least that makes a failing seed of a cluster fail, in processes of their own. */
import { RandomStream } from "../../src/environments/simulated/random-stream.js";
import { textOfFaults } from "./cluster/fault-text.js";
import { drawClusterSchedule, type Fault } from "./cluster/schedule.js";
import { shrinkFaults } from "./cluster/shrink-faults.js";
import { SeedProcess } from "./seed-process.js";

interface ShrunkSeed {
  /** The seed fails with these as it does with all. */
  readonly faults: readonly Fault[];
  /** How many there were. */
  readonly drawn: number;
}

/** `failure`: what the seed said with all the faults that it draws. */
export async function shrinkSeed(program: string, seed: number, failure: string): Promise<ShrunkSeed> {
  const { faults } = drawClusterSchedule(new RandomStream(seed, "schedule"));
  let process = new SeedProcess(program, "cluster");
  const smallest = await shrinkFaults(faults, async (fewer) => {
    if (process.hasEnded) process = new SeedProcess(program, "cluster");
    const again = await process.run({ seed, faults: fewer });
    return again.failure !== null && kindOfFailure(again.failure) === kindOfFailure(failure);
  });
  process.end();
  return { faults: smallest, drawn: faults.length };
}

export function textOfShrunk({ faults, drawn }: ShrunkSeed): string {
  return `of its ${drawn} faults these are enough: ${textOfFaults(faults)}`;
}

/** What went wrong, whenever it did and with whom: with fewer faults the same bug shows at another offset, in another topic. */
export function kindOfFailure(failure: string): string {
  const [line = ""] = failure.split("\n");
  const [what = ""] = line.replace(/^Seed \d+ failed at event \d+, [\d.]+ ms: /, "").split(", but not: ");
  return what.replace(/[\w-]{22}/g, "…").replace(/\d+/g, "#");
}
