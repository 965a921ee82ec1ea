/**
 * `npm run diff [-- SCENARIO...] [--self] [--print]`: sends the same requests to Apache Kafka and to Samsa and compares
 * the answers field by field. Ends with 1 when a difference is not accepted.
 *   --self     Apache Kafka against itself: whatever differs then is the instrument's fault
 *   --print    shows every exchange as Apache Kafka answered it
 *   --wording  shows also where error messages differ in their words alone
 *   --coverage which versions and error codes were exercised; of a whole run it is kept for the docs
 *   --random N [--seed S]  sends N sessions of random requests instead of the scenarios
 *   --session K [--seed S] [--steps I,J]  sends one of them again, or only these of its requests, and shows it
 *   --recorded             replays what real clients have said instead of the scenarios; names are then those of clients
 */
import { parseArgs } from "node:util";
import { recordedNames } from "../recordings/recorded-session.js";
import { replayOf } from "../recordings/replay.js";
import { startTarget } from "../support/start-target.js";
import type { TargetBroker } from "../support/target-broker.js";
import { type Accepted, acceptanceOf, accepted } from "./accepted.js";
import { compareRecordings, isWording } from "./compare.js";
import { Coverage } from "./coverage.js";
import { type NormalisedRecording, normalise, placeOf } from "./normalise.js";
import { compareOneSession, compareRandomSessions, RANDOM } from "./random.js";
import { record } from "./recording.js";
import type { Scenario } from "./scenario.js";
import { scenarios } from "./scenarios/index.js";
import { showSideBySide } from "./show.js";

/**
 * Both brokers call themselves node 1, keep records that carry an old time, assign as often as they have to, and have
 * groups that can be filled. Random sessions leave their fetch sessions open: none may push out another.
 */
const properties = {
  "node.id": "1",
  "log.retention.ms": "-1",
  "group.consumer.assignment.interval.ms": "0",
  "group.consumer.max.size": "6",
  "max.incremental.fetch.session.cache.slots": "100000",
};

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    self: { type: "boolean", default: false },
    print: { type: "boolean", default: false },
    wording: { type: "boolean", default: false },
    coverage: { type: "boolean", default: false },
    random: { type: "string" },
    seed: { type: "string", default: "1" },
    session: { type: "string" },
    steps: { type: "string" },
    recorded: { type: "boolean", default: false },
  },
});

const known = options.recorded ? recordedNames.map(replayOf) : scenarios;
const chosen = names.length === 0 ? known : names.map(scenarioNamed);
const [apache, samsa] = await Promise.all([
  startTarget("apache", { properties }),
  startTarget(options.self ? "apache" : "samsa", { properties }),
]);
const met = new Set<Accepted>();
const coverage = new Coverage();
try {
  const failed = await runChosen();
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await Promise.all([apache.dispose(), samsa.dispose()]);
}

async function runChosen(): Promise<number> {
  const { random, session, steps, seed } = options;
  if (session !== undefined) {
    const numbers = steps === undefined ? null : steps.split(",").map(Number);
    return compareOneSession({ seed: Number(seed), apache, samsa }, Number(session), numbers);
  }
  return random === undefined ? runScenarios() : runRandom(Number(random));
}

async function runScenarios(): Promise<number> {
  let failed = 0;
  for (const scenario of chosen) if (!(await compareOn(scenario, apache, samsa))) failed += 1;
  if (options.coverage) coverage.print();
  const isWhole = names.length === 0 && !options.self && !options.recorded;
  const complaints = isWhole ? reportWhole() : 0;
  console.log(`\n${chosen.length - failed} scenarios alike, ${failed + complaints} not`);
  return failed + complaints;
}

async function runRandom(sessions: number): Promise<number> {
  const startedMs = performance.now();
  const failed = await compareRandomSessions({ seed: Number(options.seed), apache, samsa }, sessions);
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(`\n${sessions - failed} sessions alike, ${failed} not (seed ${options.seed}, ${seconds.toFixed(0)} s)`);
  return failed;
}

function scenarioNamed(name: string): Scenario {
  const found = known.find((scenario) => scenario.name === (options.recorded ? `recorded-${name}` : name));
  if (found !== undefined) return found;
  throw new Error(`no scenario is called ${name}; there are ${known.map((scenario) => scenario.name).join(", ")}`);
}

async function compareOn(scenario: Scenario, one: TargetBroker, other: TargetBroker): Promise<boolean> {
  const recordings = await Promise.all([record(scenario, one), record(scenario, other)]);
  coverage.add(recordings[0].exchanges);
  const [left, right] = [normalise(recordings[0], placeOf(one)), normalise(recordings[1], placeOf(other))];
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

/** What only a run of all scenarios can tell. Gives the number of complaints. */
function reportWhole(): number {
  const complaints = coverage.missing().map((line) => `not exercised: ${line}`);
  if (options.coverage) coverage.store();
  else if (!coverage.isStored())
    complaints.push("coverage.json is not what this run has shown: run it with --coverage");
  for (const line of accepted) {
    if (met.has(line) || line.scenario === RANDOM) continue;
    const where = [line.scenario ?? "any scenario", line.title ?? "any request", line.path || "any field"].join(", ");
    complaints.push(`accepted, but no longer seen: ${where}: ${line.reason}`);
  }
  for (const complaint of complaints) console.log(`✗ ${complaint}`);
  return complaints.length;
}
