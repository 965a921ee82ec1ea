/**
 * `npm run simulate -- [--seeds N] [--from SEED] [--jobs N] [--life | --cluster]`: crashes one broker per seed, in every way
 * that the seed draws, and looks at what is left. Ends with 1 when a seed fails, and prints that seed with its schedule.
 *   --life      plays the life of `first-light.ts` twice per seed instead, and compares every byte sent
 *   --cluster   plays three brokers that replicate, crash, and are cut off from one another
 */
import { type ChildProcess, fork } from "node:child_process";
import { parseArgs } from "node:util";
import type { SeedResult } from "./run-seeds.js";

/** A seed that takes longer has an endless loop. */
const SEED_MS_MAX = 120_000;

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "0" },
    jobs: { type: "string", default: "1" },
    life: { type: "boolean", default: false },
    cluster: { type: "boolean", default: false },
  },
});
const play = options.cluster ? "cluster" : options.life ? "life" : "crash";
const from = Number(options.from);
const end = from + Number(options.seeds);
const results: SeedResult[] = [];
let next = from;
const started = Date.now();
await Promise.all(Array.from({ length: Number(options.jobs) }, runJob));
report(results, Date.now() - started);

/** A process of its own runs seed after seed: an endless loop stops no timer here. */
async function runJob(): Promise<void> {
  while (next < end) {
    const child = fork(new URL("./run-seeds.ts", import.meta.url), [play]);
    const gone = new Promise<null>((resolve) => child.once("exit", () => resolve(null)));
    while (next < end) {
      const seed = next++;
      const result = await Promise.race([ask(child, seed), gone]);
      tell(result ?? { seed, events: 0, virtualMs: 0, failure: "the process ended, or did not come to an end" });
      if (result === null) break;
    }
    child.kill();
  }
}

function ask(child: ChildProcess, seed: number): Promise<SeedResult> {
  return new Promise((resolve) => {
    const watchdog = setTimeout(() => child.kill("SIGKILL"), SEED_MS_MAX).unref();
    child.once("message", (result: SeedResult) => {
      clearTimeout(watchdog);
      resolve(result);
    });
    child.send(seed);
  });
}

function tell(result: SeedResult): void {
  results.push(result);
  if (result.failure !== null) console.log(`seed ${result.seed} FAILED: ${result.failure}\n`);
}

function report(all: readonly SeedResult[], ms: number): void {
  const failed = all.filter(({ failure }) => failure !== null).map(({ seed }) => seed);
  const events = all.reduce((sum, result) => sum + result.events, 0);
  const virtualMs = all.reduce((sum, result) => sum + result.virtualMs, 0);
  const rate = Math.round((events * 1000) / ms);
  console.log(
    `node ${process.version}: ${all.length} seeds from ${from}, ${events} events in ${ms} ms (${rate} per second),`,
  );
  console.log(`${Math.round(virtualMs / 1000)} s of virtual time; ${failed.length} failed ${failed.join(" ")}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}
