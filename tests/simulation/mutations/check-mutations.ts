/** Shows that the simulation of a cluster finds bugs: each mutation must be noticed by a seed that is well without it. */
import { buildSeeds } from "../build-seeds.js";
import { SeedProcess } from "../seed-process.js";
import { shrinkSeed, textOfShrunk } from "../shrink-seed.js";
import { type Mutation, mutations } from "./mutations.js";

export interface MutationCheck {
  readonly from: number;
  readonly end: number;
  readonly jobs: number;
  readonly only: string;
  /** Tells also which faults are enough to catch each. */
  readonly shrinks: boolean;
}

/** The exit code. */
export async function checkMutations({ jobs, only, ...how }: MutationCheck): Promise<0 | 1> {
  const chosen = mutations.filter(({ name }) => name.includes(only));
  const whole = await buildSeeds("seeds");
  const left = [...chosen];
  const survivors: string[] = [];
  const job = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const told = await check(next, whole, how);
      if (told === null) survivors.push(next.name);
      console.log(told === null ? `SURVIVED ${next.name}` : `caught   ${next.name}: ${told}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, job));
  console.log(
    `${chosen.length - survivors.length} of ${chosen.length} mutations caught within ${how.end - how.from} seeds`,
  );
  return survivors.length === 0 ? 0 : 1;
}

/** By which seed it was caught, and how; null: by none. */
async function check(
  { name, changes }: Mutation,
  whole: string,
  { from, end, shrinks }: Pick<MutationCheck, "from" | "end" | "shrinks">,
): Promise<string | null> {
  const program = await buildSeeds(name.replaceAll(/\W+/g, "-"), changes);
  let mutant = new SeedProcess(program, "cluster");
  for (let seed = from; seed < end; seed++) {
    const { failure } = await mutant.run({ seed });
    if (mutant.hasEnded) mutant = new SeedProcess(program, "cluster");
    if (failure === null || !(await isWellWithout(whole, seed))) continue;
    mutant.end();
    const [told = ""] = failure.split("\n");
    const what = `seed ${seed}, ${told.slice(0, 160)}`;
    return shrinks ? `${what}\n${textOfShrunk(await shrinkSeed(program, seed, failure))}` : what;
  }
  mutant.end();
  return null;
}

async function isWellWithout(whole: string, seed: number): Promise<boolean> {
  const process = new SeedProcess(whole, "cluster");
  const { failure } = await process.run({ seed });
  process.end();
  return failure === null;
}
