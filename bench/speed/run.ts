/**
 * `npm run bench [-- WORKLOAD…] [--rounds N] [--scale S] [--report]`: Apache Kafka, Samsa and franz-go's broker in
 * memory under the same loads, in interleaved rounds; a ratio is made of the two that stand beside each other.
 * `--scale 0.2` makes the loads shorter, to see that it works. `--report` writes docs/generated/bench.md and its charts.
 * Exits with 1 when a target is missed.
 */
import { parseArgs } from "node:util";
import { compare, holds } from "./comparison.js";
import { print, writeReport } from "./report.js";
import { runRounds } from "./rounds.js";
import { workloads } from "./workloads.js";

const ROUNDS = 5;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: String(ROUNDS) },
      scale: { type: "string", default: "1" },
      report: { type: "boolean", default: false },
    },
  });
  const unknown = positionals.find((name) => workloads.every((workload) => workload.name !== name));
  if (unknown !== undefined) {
    console.error(`No workload is called ${unknown}: ${workloads.map(({ name }) => name).join(", ")}.`);
    return 2;
  }
  const chosen = workloads.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const [rounds, scale] = [Number(values.rounds), Number(values.scale)];
  const found = await runRounds({ workloads: chosen, contenders: ["apache", "samsa", "kfake"], rounds, scale });
  const comparisons = chosen.map((workload) => compare(workload, found));
  print(comparisons);
  if (values.report) writeReport(comparisons, { rounds, scale });
  return comparisons.every(holds) ? 0 : 1;
}
