/**
 * `npm run bench [-- ROW…] [--rounds N] [--scale S] [--add] [--report] [--profile]`: Apache Kafka, Samsa and franz-go's
 * broker in memory under the same loads, in interleaved rounds; a ratio is made of the two that stand beside each other.
 * `--scale 0.2` makes the loads shorter, to see that it works. What is found lies in .cache/bench/findings.json row by row;
 * `--add` keeps what an earlier run has put there of other rows. `--report` writes docs/generated/bench.md and its charts.
 * `--profile` compares nothing: it runs Samsa alone and writes a CPU profile of each row. Exits with 1 when a target is
 * missed or a row failed.
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { coldLog, runColdLog } from "./cold-log.js";
import { compare, holds } from "./comparison.js";
import { Findings } from "./findings.js";
import { exitWhenInterrupted } from "./interrupts.js";
import { buildNativeLoad } from "./native-load.js";
import { runProfiles } from "./profile.js";
import { print, writeReport } from "./report.js";
import { runRounds } from "./rounds.js";
import { warmMemory } from "./warm-memory.js";
import type { Row } from "./workload.js";
import { workloads } from "./workloads.js";

const ROUNDS = 5;
const SECONDS_PER_MINUTE = 60;
const rows: readonly Row[] = [...workloads, coldLog];

exitWhenInterrupted();
// Node reads these certificates at every start, for 30 ms: a setting of the machine, and no part of any broker.
if (process.env.NODE_EXTRA_CA_CERTS !== undefined) {
  delete process.env.NODE_EXTRA_CA_CERTS;
  console.log("all brokers start without the NODE_EXTRA_CA_CERTS of this machine");
}
process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: String(ROUNDS) },
      scale: { type: "string", default: "1" },
      add: { type: "boolean", default: false },
      report: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
    },
  });
  const unknown = positionals.find((name) => rows.every((row) => row.name !== name));
  if (unknown !== undefined) {
    console.error(`No row is called ${unknown}: ${rows.map(({ name }) => name).join(", ")}.`);
    return 2;
  }
  const isChosen = ({ name }: Row) => positionals.length === 0 || positionals.includes(name);
  const [rounds, scale] = [Number(values.rounds), Number(values.scale)];
  const chosen = workloads.filter(isChosen);
  buildNativeLoad();
  if (values.profile) return runProfiles(chosen, scale);
  const [loadBefore = 0] = loadavg();
  const names = rows.filter(isChosen).map(({ name }) => name);
  const findings = values.add ? Findings.ofEarlierRun("findings", scale, names) : new Findings("findings", scale);
  tellHowLong(rows.filter(isChosen), rounds, scale);
  warmMemory(chosen.length, scale);
  await runRounds({ workloads: chosen, contenders: ["apache", "samsa", "kfake"], rounds }, findings);
  if (isChosen(coldLog)) await runColdLog(findings);
  const comparisons = rows.map((row) => compare(row, findings.rounds)).filter((found) => found.rounds > 0);
  print(comparisons);
  for (const { row, contender, round } of findings.failures) {
    console.error(`FAILED: ${row} of ${contender} in round ${round}`);
  }
  if (values.report) writeReport(comparisons, { scale, failures: findings.failures, loadBefore });
  return comparisons.every(holds) && findings.failures.length === 0 ? 0 : 1;
}

function tellHowLong(chosen: readonly Row[], rounds: number, scale: number): void {
  const seconds = chosen.reduce((sum, row) => sum + row.seconds, 0) * rounds * scale;
  console.log(`${chosen.length} rows: about ${Math.ceil(seconds / SECONDS_PER_MINUTE)} minutes on a quiet machine`);
}
