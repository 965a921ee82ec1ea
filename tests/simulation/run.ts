/**
 * `npm run simulate -- [--seeds N] [--from SEED] [--jobs N] [--crash | --life | --mutations]`: plays some brokers that
 * replicate, crash, lose their disks, and are cut off from one another. Ends with 1 when a seed fails, and prints that seed
 * with its schedule, then tries it again with fewer and shorter faults; `--faults TEXT` plays those that were found enough.
 *   --crash       crashes one broker per seed instead, in every way that the seed draws, and looks at what is left
 *   --life        plays the life of `first-light.ts` twice per seed instead, and compares every byte sent
 *   --mutations   breaks the source on purpose, in one way after the other, and fails when a cluster does not notice one
 *                 within N seeds; `--only TEXT` takes those with this text in their names, `--shrink` tells also which
 *                 faults are enough to notice it
 */
import { parseArgs } from "node:util";
import { buildSeeds } from "./build-seeds.js";
import { faultsFromText, textOfFaults } from "./cluster/fault-text.js";
import { checkMutations } from "./mutations/check-mutations.js";
import type { SeedResult } from "./run-seeds.js";
import { NO_RESULT, SeedProcess } from "./seed-process.js";
import { shrinkSeed, textOfShrunk } from "./shrink-seed.js";

const SEEDS = 100;
/** The rarest of the mutations is noticed by one seed in some hundred. */
const MUTATION_SEEDS = 300;
const SHRUNK_SEEDS_MAX = 3;

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string" },
    from: { type: "string", default: "0" },
    jobs: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    crash: { type: "boolean", default: false },
    life: { type: "boolean", default: false },
    faults: { type: "string" },
    mutations: { type: "boolean", default: false },
    shrink: { type: "boolean", default: false },
  },
});
const play = options.crash ? "crash" : options.life ? "life" : "cluster";
const faults = options.faults === undefined ? null : faultsFromText(options.faults);
const from = Number(options.from);
const end = from + Number(options.seeds ?? (options.mutations ? MUTATION_SEEDS : SEEDS));

if (options.mutations) {
  const { jobs, only, shrink: shrinks } = options;
  process.exitCode = await checkMutations({ from, end, jobs: Number(jobs), only, shrinks });
} else {
  const program = await buildSeeds("seeds");
  const started = performance.now();
  const results: SeedResult[] = [];
  let next = from;
  await Promise.all(Array.from({ length: Number(options.jobs) }, runJob));
  const ms = performance.now() - started;
  if (play === "cluster" && faults === null) await tellShrunk();
  report(results, ms);

  async function runJob(): Promise<void> {
    while (next < end) {
      const child = new SeedProcess(program, play);
      while (next < end && !child.hasEnded) tell(await child.run({ seed: next++, faults }));
      child.end();
    }
  }

  function tell(result: SeedResult): void {
    results.push(result);
    const { seed, failure } = result;
    if (failure === null) return;
    console.log(`seed ${seed} FAILED: ${failure}`);
    console.log(`again: ${commandFor(seed)}${faults === null ? "" : ` --faults "${options.faults}"`}\n`);
  }

  /** How little makes a seed fail: one after the other, and not all when a great many fail of one cause. */
  async function tellShrunk(): Promise<void> {
    // Where there is no end to wait for, each attempt would take as long.
    const told = results.flatMap(({ seed, failure }) =>
      failure === null || failure === NO_RESULT ? [] : [{ seed, failure }],
    );
    for (const { seed, failure } of told.slice(0, SHRUNK_SEEDS_MAX)) {
      const shrunk = await shrinkSeed(program, seed, failure);
      console.log(`seed ${seed}: ${textOfShrunk(shrunk)}`);
      console.log(`again: ${commandFor(seed)} --faults "${textOfFaults(shrunk.faults)}"\n`);
    }
  }
}

function commandFor(seed: number): string {
  return `npm run simulate --${play === "cluster" ? "" : ` --${play}`} --from ${seed} --seeds 1`;
}

function report(all: readonly SeedResult[], ms: number): void {
  const failed = all.filter(({ failure }) => failure !== null).map(({ seed }) => seed);
  const whole = all.flatMap(({ summary }) => summary ?? []);
  const sum = (count: (one: (typeof whole)[number]) => number) => whole.reduce((total, one) => total + count(one), 0);
  const seconds = Math.round(ms / 1000);
  console.log(
    `node ${process.version}: ${all.length} seeds from ${from} in ${seconds} s, ${sum(({ events }) => events)} events,`,
  );
  console.log(
    `${Math.round(sum(({ virtualMs }) => virtualMs) / 1000)} s of virtual time; ${failed.length} failed ${failed.join(" ")}`,
  );
  if (play === "cluster" && whole.length > 0) {
    const least = (count: (one: (typeof whole)[number]) => number) => Math.min(...whole.map(count));
    const [operations, faults] = [least((one) => one.operations ?? 0), least((one) => one.faults ?? 0)];
    const virtualSeconds = Math.floor(least(({ virtualMs }) => virtualMs) / 1000);
    console.log(`a seed has at least ${virtualSeconds} s, ${faults} faults and ${operations} answered requests`);
  }
  process.exitCode = failed.length === 0 ? 0 : 1;
}
