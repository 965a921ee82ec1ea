/**
 * `npm run diff [-- SCENARIO...] [--self] [--print]`: sends the same requests to Apache Kafka and to Samsa and compares
 * the answers field by field. Ends with 1 when a difference is not accepted.
 *   --self     Apache Kafka against itself: whatever differs then is the instrument's fault
 *   --print    shows every exchange as Apache Kafka answered it
 *   --wording  shows also where error messages differ in their words alone
 *   --coverage which versions and error codes were exercised; of a whole run it is kept for the docs
 *   --random N [--seed S]  sends N sessions of random requests instead of the scenarios
 */
import { parseArgs } from "node:util";
import { startTarget } from "../support/start-target.js";
import type { TargetBroker } from "../support/target-broker.js";
import { type Accepted, acceptanceOf, accepted } from "./accepted.js";
import { compareRecordings, isWording } from "./compare.js";
import { Coverage } from "./coverage.js";
import { type NormalisedRecording, normalise } from "./normalise.js";
import { compareRandomSessions } from "./random.js";
import { record } from "./recording.js";
import type { Scenario } from "./scenario.js";
import { scenarios } from "./scenarios/index.js";
import { showSideBySide } from "./show.js";

/** Both brokers call themselves node 1, keep records that carry an old time, and assign as often as they have to. */
const properties = { "node.id": "1", "log.retention.ms": "-1", "group.consumer.assignment.interval.ms": "0" };

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    self: { type: "boolean", default: false },
    print: { type: "boolean", default: false },
    wording: { type: "boolean", default: false },
    coverage: { type: "boolean", default: false },
    random: { type: "string" },
    seed: { type: "string", default: "1" },
  },
});

const chosen = names.length === 0 ? scenarios : names.map(scenarioNamed);
const [apache, samsa] = await Promise.all([
  startTarget("apache", { properties }),
  startTarget(options.self ? "apache" : "samsa", { properties }),
]);
const met = new Set<Accepted>();
const coverage = new Coverage();
try {
  const failed = await (options.random === undefined ? runScenarios() : runRandom(Number(options.random)));
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await Promise.all([apache.dispose(), samsa.dispose()]);
}

async function runScenarios(): Promise<number> {
  let failed = 0;
  for (const scenario of chosen) if (!(await compareOn(scenario, apache, samsa))) failed += 1;
  if (options.coverage) coverage.print();
  if (names.length === 0 && !options.self) reportWhole();
  console.log(`\n${chosen.length - failed} scenarios alike, ${failed} not`);
  return failed;
}

async function runRandom(sessions: number): Promise<number> {
  const alike = await compareRandomSessions({ sessions, seed: Number(options.seed), apache, samsa });
  console.log(`\n${alike} sessions alike, ${sessions - alike} not (seed ${options.seed})`);
  return sessions - alike;
}

function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  throw new Error(`no scenario is called ${name}; there are ${scenarios.map((scenario) => scenario.name).join(", ")}`);
}

async function compareOn(scenario: Scenario, one: TargetBroker, other: TargetBroker): Promise<boolean> {
  const recordings = await Promise.all([record(scenario, one), record(scenario, other)]);
  coverage.add(recordings[0].exchanges);
  const [left, right] = [normalise(recordings[0], one), normalise(recordings[1], other)];
  if (options.print) print(left);
  const all = compareRecordings(left, right);
  const wordings = all.filter(isWording);
  const differences = all.filter((difference) => !isWording(difference));
  const unexplained = differences.filter((difference) => {
    const line = options.self ? undefined : acceptanceOf(scenario.name, difference);
    if (line === undefined) return true;
    met.add(line);
    coverage.addAccepted(recordings[0].exchanges[difference.exchange]?.api.name ?? "", line.reason);
    return false;
  });
  // A scenario that ends early on both sides has shown nothing of its rest.
  const ended = left.endedBy === null ? [] : [`ended early: ${left.endedBy}`];
  const passed = unexplained.length === 0 && ended.length === 0;
  const notes = [`${left.exchanges.length} exchanges`, ...ended];
  if (differences.length > unexplained.length) notes.push(`${differences.length - unexplained.length} accepted`);
  if (wordings.length > 0) notes.push(`${wordings.length} in words alone`);
  console.log(`${passed ? "✓" : "✗"} ${scenario.name} (${notes.join(", ")})`);
  showSideBySide(options.wording ? all : unexplained, left, ["apache", options.self ? "apache" : "samsa "]);
  return passed;
}

function print({ exchanges }: NormalisedRecording): void {
  for (const { title, request, answer } of exchanges) {
    console.log(`    ${title}\n      → ${JSON.stringify(request)}\n      ← ${JSON.stringify(answer)}`);
  }
}

/** What only a run of all scenarios can tell. */
function reportWhole(): void {
  if (options.coverage) coverage.store();
  else if (!coverage.isStored()) console.log("coverage.json is not what this run has shown: run it with --coverage");
  for (const line of accepted) {
    if (met.has(line)) continue;
    const where = [line.scenario ?? "any scenario", line.title ?? "any request", line.path || "any field"].join(", ");
    console.log(`accepted, but no longer seen: ${where}: ${line.reason}`);
  }
}
