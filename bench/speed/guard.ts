/**
 * `npm run bench:guard [-- --store]`: short rounds, and each ratio of CPU per GB, Samsa's to Apache Kafka's, held against
 * the one that is stored in guard.json. Exits with 1 where it has become 30 % worse: a change made the broker slower. Only
 * ratios of one run are compared, since times say more of the machine than of the code. The machine may be busy with
 * something else for a while: what is worse is measured again, and fails only if it is worse every time.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { inRepository } from "../../tests/support/repository.js";
import { compare } from "./comparison.js";
import { Findings } from "./findings.js";
import { exitWhenInterrupted } from "./interrupts.js";
import { buildNativeLoad } from "./native-load.js";
import { runRounds } from "./rounds.js";
import { warmMemory } from "./warm-memory.js";
import type { Workload } from "./workload.js";
import { workloads } from "./workloads.js";

const guarded = ["produce-1k-native", "produce-100b-native", "fetch-1k-native"];
const figure = "broker CPU-seconds per GB";
const WORSE_MAX = 1.3;
const ROUNDS = 3;
const SCALE = 0.5;
const ATTEMPTS = 3;
const file = inRepository("bench", "speed", "guard.json");

exitWhenInterrupted();
buildNativeLoad();
const chosen = workloads.filter(({ name }) => guarded.includes(name));
warmMemory(chosen.length, SCALE);
if (process.argv.includes("--store")) await store();
else process.exitCode = (await isKept()) ? 0 : 1;

async function store(): Promise<void> {
  const rounded = [...(await measure(chosen))].map(([name, ratio]) => [name, Number(ratio.toFixed(3))]);
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(rounded), null, 2)}\n`);
}

async function isKept(): Promise<boolean> {
  const stored: Readonly<Record<string, number>> = JSON.parse(readFileSync(file, "utf8"));
  let worse = chosen;
  for (let attempt = 1; attempt <= ATTEMPTS && worse.length > 0; attempt++) {
    const ratios = await measure(worse);
    worse = worse.filter(({ name }) => !holds(name, ratios.get(name) ?? Number.NaN, stored[name] ?? Number.NaN));
  }
  return worse.length === 0;
}

function holds(name: string, ratio: number, before: number): boolean {
  const isWorse = !(ratio <= WORSE_MAX * before);
  console.log(
    `${name}: ${ratio.toFixed(2)} × of Apache Kafka's CPU, stored ${before.toFixed(2)} ×: ${isWorse ? "WORSE" : "holds"}`,
  );
  return !isWorse;
}

/** A row that fails has no ratio. */
async function measure(some: readonly Workload[]): Promise<ReadonlyMap<string, number>> {
  const findings = new Findings("guard", SCALE);
  await runRounds({ workloads: some, contenders: ["apache", "samsa"], rounds: ROUNDS }, findings);
  const ratioOf = (workload: Workload) =>
    compare(workload, findings.rounds).figures.find(({ name }) => name === figure)?.ratio ?? Number.NaN;
  return new Map(some.map((workload) => [workload.name, ratioOf(workload)]));
}
