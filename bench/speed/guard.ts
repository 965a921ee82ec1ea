/**
 * `npm run bench:guard`: short rounds, and each ratio of CPU per GB, Samsa's to Apache Kafka's, held against the one that is
 * stored in guard.json. Where it has become 30 % worse, a change made the broker slower. Only ratios of one run are compared,
 * since times say more of the machine than of the code. The machine may be busy with something else for a while: what is
 * worse is measured again, and fails only if it is worse every time.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { inRepository } from "../../tests/support/repository.js";
import { Refusal, runBench } from "../command/run-bench.js";
import { compare } from "./comparison.js";
import { Findings } from "./findings.js";
import { buildNativeLoad } from "./native-load.js";
import { runRounds } from "./rounds.js";
import { warmForWorkloads } from "./warm-for-workloads.js";
import type { Workload } from "./workload.js";
import { workloads } from "./workloads.js";

const guarded = ["produce-1k-simplest", "produce-100b-simplest", "produce-singly-simplest", "fetch-1k-native"];
/** The records of a row have one size: this is its ratio of CPU per GB, too. */
const figure = "broker CPU-seconds per million records";
const WORSE_MAX = 1.3;
const ROUNDS = 3;
const SCALE = 0.5;
const ATTEMPTS = 3;
const file = inRepository("bench", "speed", "guard.json");

const chosen = workloads.filter(({ name }) => guarded.includes(name));

await runBench(
  {
    usage: `npm run bench:guard [-- --store]
  --store  measures, and stores the ratios in bench/speed/guard.json
It ends with 1 when a ratio of CPU per GB has become ${WORSE_MAX} times the stored one.`,
    options: { store: { type: "boolean", default: false } },
  },
  async ({ values }) => {
    buildNativeLoad();
    warmForWorkloads(chosen.length, SCALE);
    if (values.store) return await store();
    return (await isKept()) ? 0 : 1;
  },
);

async function store(): Promise<number> {
  const ratios = await measure(chosen);
  if ([...ratios.values()].some(Number.isNaN)) return 1;
  const rounded = [...ratios].map(([name, ratio]) => [name, Number(ratio.toFixed(3))]);
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(rounded), null, 2)}\n`);
  return 0;
}

async function isKept(): Promise<boolean> {
  let worse = chosen.map((workload) => ({ workload, before: storedRatio(workload) }));
  for (let attempt = 1; attempt <= ATTEMPTS && worse.length > 0; attempt++) {
    const ratios = await measure(worse.map(({ workload }) => workload));
    worse = worse.filter(({ workload: { name }, before }) => !holds(name, ratios.get(name) ?? Number.NaN, before));
  }
  return worse.length === 0;
}

function storedRatio({ name }: Workload): number {
  const stored: Readonly<Record<string, number>> = JSON.parse(readFileSync(file, "utf8"));
  const ratio = stored[name];
  if (ratio === undefined) throw new Refusal(`No ratio of ${name} is stored: npm run bench:guard -- --store`);
  return ratio;
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
    compare(workload, findings.rounds).figures.find(({ name }) => name === figure)?.ratio?.median ?? Number.NaN;
  return new Map(some.map((workload) => [workload.name, ratioOf(workload)]));
}
