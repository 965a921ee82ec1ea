/**
 * `npm run crash -- [--points N] [--from SEED] [--jobs N]`: crash cases, seed after seed, until so many crash points were
 * checked. `npm run crash -- --seed N`: one of them. Ends with 1 when a case fails, and prints its seed.
 */
import { type ChildProcess, fork } from "node:child_process";
import { parseArgs } from "node:util";
import type { CaseReport } from "./run-cases.js";

/** A case that takes longer has an endless loop. */
const CASE_MS_MAX = 120_000;
/** More would tell nothing more. */
const FAILURES_MAX = 8;

const { values: options } = parseArgs({
  options: {
    points: { type: "string", default: "10000" },
    from: { type: "string", default: "0" },
    seed: { type: "string" },
    jobs: { type: "string", default: "1" },
  },
});
const isOne = options.seed !== undefined;
const pointsWanted = isOne ? 1 : Number(options.points);
const startedMs = performance.now();
const failed: number[] = [];
let [next, points, cases] = [Number(options.seed ?? options.from), 0, 0];
await Promise.all(Array.from({ length: isOne ? 1 : Number(options.jobs) }, runJob));
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
console.log(`${points} crash points in ${cases} cases, ${failed.length} cases failed, ${seconds} s`);
if (failed.length > 0) process.exitCode = 1;

/** A process of its own runs case after case: an endless loop stops no timer here. */
async function runJob(): Promise<void> {
  while (points < pointsWanted && failed.length < FAILURES_MAX) {
    const child = fork(new URL("./run-cases.ts", import.meta.url));
    const gone = new Promise<null>((resolve) => child.once("exit", () => resolve(null)));
    while (points < pointsWanted && failed.length < FAILURES_MAX) {
      const seed = next++;
      const report = await Promise.race([ask(child, seed), gone]);
      tell(seed, report ?? { crashPoints: 1, failure: `seed ${seed}: the process ended, or did not come to an end` });
      if (report === null) break;
    }
    child.kill();
  }
}

function ask(child: ChildProcess, seed: number): Promise<CaseReport> {
  return new Promise((resolve) => {
    const watchdog = setTimeout(() => child.kill("SIGKILL"), CASE_MS_MAX).unref();
    child.once("message", (report: CaseReport) => {
      clearTimeout(watchdog);
      resolve(report);
    });
    child.send(seed);
  });
}

function tell(seed: number, { crashPoints, failure }: CaseReport): void {
  cases++;
  points += crashPoints;
  if (failure === null) return;
  failed.push(seed);
  console.log(`${failure}\n`);
}
