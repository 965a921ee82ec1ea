/**
 * `npm run bench`: Apache Kafka, Samsa and franz-go's broker in memory under the same loads, in interleaved rounds; a ratio is
 * made of the two that stand beside each other. What is found lies in .cache/bench/findings.json row by row.
 */
import { Refusal, runBench, shareOf, wholeNumber } from "../command/run-bench.js";
import { loadOfLastMinute } from "../report/page.js";
import { coldLog, runColdLog } from "./cold-log.js";
import { compare, holds } from "./comparison.js";
import type { ContenderName } from "./contender.js";
import { Findings } from "./findings.js";
import { buildNativeLoad } from "./native-load.js";
import { runProfiles } from "./profile.js";
import { print, writeReport } from "./report.js";
import { runRounds } from "./rounds.js";
import { warmForWorkloads } from "./warm-for-workloads.js";
import type { Row } from "./workload.js";
import { workloads } from "./workloads.js";

const ROUNDS = 5;
const SECONDS_PER_MINUTE = 60;
const rows: readonly Row[] = [...workloads, coldLog];

const contenders: readonly ContenderName[] = ["apache", "samsa", "kfake"];
const names = rows.map(({ name }) => name);

await runBench(
  {
    usage: `npm run bench [-- ROW…] [--rounds N] [--scale S] [--add] [--report] [--profile]
  ROW         ${names.join(", ")}; all of them when none is named
  --rounds N  how often each contender comes round; ${ROUNDS} if not given
  --scale S   loads of this share of their length, to see that it works: 0.2
  --add       keeps what an earlier run has found of other rows
  --report    writes docs/generated/bench.md and its charts
  --profile   compares nothing: runs Samsa alone and writes a CPU profile of each row
It ends with 1 when a target is missed or a row failed.`,
    options: {
      rounds: { type: "string", default: String(ROUNDS) },
      scale: { type: "string", default: "1" },
      add: { type: "boolean", default: false },
      report: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
    },
    names,
  },
  async ({ values, isChosen }) => {
    const [rounds, scale] = [wholeNumber("--rounds", values.rounds), shareOf("--scale", values.scale)];
    const chosen = workloads.filter(isChosen);
    buildNativeLoad();
    if (values.profile) return runProfiles(chosen, scale);
    const loadBefore = loadOfLastMinute();
    const findings = values.add ? earlier(scale, rows.filter(isChosen)) : new Findings("findings", scale);
    tellHowLong(rows.filter(isChosen), rounds, scale);
    warmForWorkloads(chosen.length, scale);
    await runRounds({ workloads: chosen, contenders, rounds }, findings);
    if (isChosen(coldLog)) await runColdLog(findings);
    const comparisons = rows.map((row) => compare(row, findings.rounds)).filter((found) => found.rounds > 0);
    print(comparisons);
    const { failures } = findings;
    for (const { row, contender, round } of failures) console.error(`FAILED: ${row} of ${contender} in round ${round}`);
    if (values.report) writeReport(comparisons, { rounds: findings.rounds, scale, failures, loadBefore });
    return comparisons.every(holds) && failures.length === 0 ? 0 : 1;
  },
);

/** Without these rows: they are done anew. */
function earlier(scale: number, without: readonly Row[]): Findings {
  const findings = Findings.ofEarlierRun(
    "findings",
    scale,
    without.map(({ name }) => name),
  );
  if (findings === null) throw new Refusal("--add: what was found before is of loads of another length.");
  return findings;
}

function tellHowLong(chosen: readonly Row[], rounds: number, scale: number): void {
  const seconds = chosen.reduce((sum, row) => sum + row.seconds, 0) * rounds * scale;
  console.log(`${chosen.length} rows: about ${Math.ceil(seconds / SECONDS_PER_MINUTE)} minutes on a quiet machine`);
}
