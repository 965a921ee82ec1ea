/**
 * `npm run bench:guard [-- --store]`: a short pair of rounds, and each ratio of CPU per GB, Samsa's to Apache Kafka's, held
 * against the one that is stored in guard.json. Exits with 1 where it has become 30 % worse: a change made the broker
 * slower. Only ratios of one run are compared, since times say more of the machine than of the code.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { inRepository } from "../../tests/support/repository.js";
import { compare } from "./comparison.js";
import { runRounds } from "./rounds.js";
import { workloads } from "./workloads.js";

const guarded = ["produce-1k-native", "produce-100b-native", "fetch-1k-native"];
const figure = "broker CPU-seconds per GB";
const WORSE_MAX = 1.3;
const SHORT = { rounds: 2, scale: 0.4 };
const file = inRepository("bench", "speed", "guard.json");

const chosen = workloads.filter(({ name }) => guarded.includes(name));
const found = await runRounds({ workloads: chosen, contenders: ["apache", "samsa"], ...SHORT });
const ratios = new Map(chosen.map((workload) => [workload.name, ratioOf(workload)]));
if (process.argv.includes("--store")) store();
else process.exitCode = check() ? 0 : 1;

function ratioOf(workload: (typeof workloads)[number]): number {
  return compare(workload, found).figures.find(({ name }) => name === figure)?.ratio ?? Number.NaN;
}

function store(): void {
  const rounded = [...ratios].map(([name, ratio]) => [name, Number(ratio.toFixed(3))]);
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(rounded), null, 2)}\n`);
}

function check(): boolean {
  const stored: Readonly<Record<string, number>> = JSON.parse(readFileSync(file, "utf8"));
  const worse = [...ratios].filter(([name, ratio]) => {
    const before = stored[name] ?? Number.NaN;
    const isKept = ratio <= WORSE_MAX * before;
    console.log(
      `${name}: ${ratio.toFixed(2)} × of Apache Kafka's CPU, stored ${before.toFixed(2)} ×: ${isKept ? "holds" : "WORSE"}`,
    );
    return !isKept;
  });
  return worse.length === 0;
}
