/**
 * `npm run simulate -- [--seeds N] [--from SEED] [--jobs N] [--life | --cluster | --mutations]`: crashes one broker per seed,
 * in every way that the seed draws, and looks at what is left. Ends with 1 when a seed fails, and prints that seed with its
 * schedule.
 *   --life        plays the life of `first-light.ts` twice per seed instead, and compares every byte sent
 *   --cluster     plays some brokers that replicate, crash, lose their disks, and are cut off from one another
 *   --mutations   breaks the source on purpose, in one way after the other, and fails when a cluster does not notice one
 *                 within N seeds; `--only TEXT` takes those with this text in their names
 */
import { parseArgs } from "node:util";
import { buildSeeds } from "./build-seeds.js";
import { checkMutations } from "./mutations/check-mutations.js";
import type { SeedResult } from "./run-seeds.js";
import { SeedProcess } from "./seed-process.js";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "0" },
    jobs: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    life: { type: "boolean", default: false },
    cluster: { type: "boolean", default: false },
    mutations: { type: "boolean", default: false },
  },
});
const play = options.cluster ? "cluster" : options.life ? "life" : "crash";
const from = Number(options.from);
const end = from + Number(options.seeds);

if (options.mutations) {
  process.exitCode = await checkMutations({ from, end, jobs: Number(options.jobs), only: options.only });
} else {
  const program = await buildSeeds("seeds");
  const started = performance.now();
  const results: SeedResult[] = [];
  let next = from;
  await Promise.all(Array.from({ length: Number(options.jobs) }, runJob));
  report(results, performance.now() - started);

  async function runJob(): Promise<void> {
    while (next < end) {
      const child = new SeedProcess(program, play);
      while (next < end && !child.hasEnded) tell(await child.run(next++));
      child.end();
    }
  }

  function tell(result: SeedResult): void {
    results.push(result);
    const { seed, failure } = result;
    if (failure === null) return;
    const flag = play === "crash" ? "" : ` --${play}`;
    console.log(`seed ${seed} FAILED: ${failure}`);
    console.log(`again: npm run simulate --${flag} --from ${seed} --seeds 1\n`);
  }
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
