/**
 * Sends sessions of random requests to both brokers and compares the answers. A session is known by the seed of the run
 * and its number; its names are its own, so that thousands of them share two brokers and never meet.
 */
import { RandomStream } from "../../src/environments/simulated/random-stream.js";
import { invariant } from "../../src/lib/invariant.js";
import { errors } from "../../src/protocol/errors.js";
import { comparableVersions } from "../requests/comparable-versions.js";
import { scratchTopicOf } from "../requests/world.js";
import type { TargetBroker } from "../support/target-broker.js";
import { acceptanceOf } from "./accepted.js";
import { compareRecordings, type Difference, isWording } from "./compare.js";
import { errorCodesIn } from "./error-codes.js";
import { type NormalisedRecording, normalise, placeOf } from "./normalise.js";
import { ofOneWorld } from "./one-world.js";
import { playSteps, type Step } from "./random-session.js";
import { type Recording, record } from "./recording.js";
import { showSideBySide } from "./show.js";
import { shrink } from "./shrink.js";

export interface RandomRun {
  readonly seed: number;
  readonly apache: TargetBroker;
  readonly samsa: TargetBroker;
}

/** The scenario of all random sessions, for what is accepted in them. */
export const RANDOM = "random";
const STEPS_PER_SESSION = 15;
/** The share of fields that hold something wrong: a session of well-meant requests comes furthest. */
const brokennesses = [0, 0.08, 0.08, 0.3];
/** Sessions under way at once: while one waits for a rebalance, others ask. */
const AT_ONCE = 16;
/** So many failing sessions are shrunk and shown. */
const SHOWN_MAX = 20;

/** How often an API is asked compared with the others, for which it is 1. */
const weights: Readonly<Record<string, number>> = {
  Produce: 12,
  Fetch: 8,
  ListOffsets: 4,
  InitProducerId: 8,
  AddPartitionsToTxn: 5,
  AddOffsetsToTxn: 3,
  EndTxn: 6,
  TxnOffsetCommit: 4,
  OffsetCommit: 4,
  OffsetFetch: 4,
  JoinGroup: 6,
  SyncGroup: 4,
  Heartbeat: 3,
  ConsumerGroupHeartbeat: 5,
  CreateTopics: 3,
};

const deck = comparableVersions.flatMap((entry) => Array.from({ length: weights[entry.api.name] ?? 1 }, () => entry));

/** The attempt at a session after the one in which it ran beside others. */
const ALONE = 1;
/**
 * Apache Kafka puts into one request what several producers want verified at one moment, and may answer each by what
 * befell another. So a few sessions may differ once; more are a failure.
 */
const PASSING_SHARE_MAX = 1 / 200;

/** Gives the number of sessions that were not alike. */
export async function compareRandomSessions(run: RandomRun, sessions: number): Promise<number> {
  const failures: Failure[] = [];
  let next = 0;
  const work = async () => {
    while (next < sessions) {
      const session = next;
      next += 1;
      const steps = stepsOf(run.seed, session);
      const { differences } = await compareOnce(run, session, 0, steps);
      if (differences.length > 0) failures.push({ session, steps, kinds: kindsOf(differences) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const lasting = await thatLast(run, failures);
  for (const failure of firstOfEachKind(lasting).slice(0, SHOWN_MAX)) await showShrunk(run, failure);
  const passing = failures.length - lasting.length;
  return passing > sessions * PASSING_SHARE_MAX ? failures.length : lasting.length;
}

/** Those that differ again when they run alone, without what other sessions ask at the same moment. */
async function thatLast(run: RandomRun, failures: readonly Failure[]): Promise<Failure[]> {
  const lasting: Failure[] = [];
  for (const failure of failures) {
    const { session, steps, kinds } = failure;
    const { differences } = await compareOnce(run, session, ALONE, steps);
    if (differences.length > 0) lasting.push(failure);
    else console.log(`session ${session} differs beside others, and not alone: ${[...kinds].join(", ")}`);
  }
  return lasting;
}

/** One session again, or only the steps of it with these numbers. */
export async function compareOneSession(
  run: RandomRun,
  session: number,
  numbers: readonly number[] | null,
): Promise<number> {
  const steps = stepsOf(run.seed, session).filter(({ number }) => numbers?.includes(number) ?? true);
  const { differences, apache } = await compareOnce(run, session, 0, steps);
  for (const { title, request, answer } of apache.exchanges) {
    console.log(`    ${title}  ${JSON.stringify(request)}\n      ← ${JSON.stringify(answer)}`);
  }
  showSideBySide(differences, apache, ["apache", "samsa "]);
  return differences.length === 0 ? 0 : 1;
}

function stepsOf(seed: number, session: number): Step[] {
  const dice = new RandomStream(seed * 1_000_000 + session, "session");
  const brokenness = brokennesses[dice.below(brokennesses.length)] ?? 0;
  return Array.from({ length: STEPS_PER_SESSION }, (_, number) => {
    const drawn = deck[dice.below(deck.length)];
    invariant(drawn !== undefined, "the deck is not empty");
    const version = drawn.versions[dice.below(drawn.versions.length)] ?? 0;
    return { number, api: drawn.api, version, seed: dice.below(2 ** 31), brokenness };
  });
}

interface Compared {
  readonly differences: readonly Difference[];
  readonly apache: NormalisedRecording;
}

/** Each attempt has a world of its own. */
async function compareOnce(
  { seed, apache, samsa }: RandomRun,
  session: number,
  attempt: number,
  steps: readonly Step[],
): Promise<Compared> {
  const run = `random${seed}x`;
  const prefix = `${run}${session}x${attempt}`;
  const scenario = { name: RANDOM, run: (of: Parameters<typeof playSteps>[0]) => playSteps(of, prefix, steps) };
  const [ofApache, ofSamsa] = await Promise.all([record(scenario, apache), record(scenario, samsa)]);
  const names = { run, prefix, scratchTopic: scratchTopicOf(prefix) };
  const normalised = normalise(ofOneWorld(ofApache, names), placeOf(apache));
  const differences = compareRecordings(normalised, normalise(ofOneWorld(ofSamsa, names), placeOf(samsa))).filter(
    (difference) =>
      !isWording(difference) &&
      !isUncaught(ofApache, difference) &&
      acceptanceOf(scenario.name, difference) === undefined,
  );
  return { differences, apache: normalised };
}

/** An exception that Apache Kafka did not expect: what Samsa says in its place is right. */
function isUncaught({ exchanges }: Recording, { exchange }: Difference): boolean {
  const answer = exchanges[exchange]?.answer ?? { none: "" };
  return "body" in answer && errorCodesIn(answer.body).includes(errors.UNKNOWN_SERVER_ERROR.code);
}

interface Failure {
  readonly session: number;
  readonly steps: readonly Step[];
  readonly kinds: ReadonlySet<string>;
}

/** What the same cause shows in many sessions is shown once. */
function firstOfEachKind(failures: readonly Failure[]): Failure[] {
  const seen = new Set<string>();
  return failures.filter(({ kinds }) => {
    const isNew = [...kinds].some((kind) => !seen.has(kind));
    for (const kind of kinds) seen.add(kind);
    return isNew;
  });
}

function kindsOf(differences: readonly Difference[]): ReadonlySet<string> {
  return new Set(differences.map(kindOf));
}

/** The same field of the same API with the same two values is the same kind, whatever the names in it. */
function kindOf({ title, path, apache, samsa }: Difference): string {
  const api = title.split(" ")[0] ?? "";
  const values = [apache, samsa].map((value) => JSON.stringify(value)?.replace(/random\d+x\d+x\d+|\d{5,}/g, "…"));
  return `${api} ${path.replace(/\[[^\]]*\]/g, "[]")}: ${values.join(" and ").slice(0, 300)}`;
}

async function showShrunk(run: RandomRun, { session, steps, kinds }: Failure): Promise<void> {
  let attempt = ALONE;
  const seenAgain = (differences: readonly Difference[]) => differences.filter((one) => kinds.has(kindOf(one)));
  const again = async (of: readonly Step[]) => {
    attempt += 1;
    return compareOnce(run, session, attempt, of);
  };
  const stillFails = async (fewer: readonly Step[]) => seenAgain((await again(fewer)).differences).length > 0;
  const fewest = await shrink(steps, stillFails);
  const last = await again(fewest);
  const numbers = fewest.map(({ number }) => number).join(",");
  console.log(`\n✗ session ${session}: ${[...kinds].join("\n  ")}`);
  console.log(`  again: npm run diff -- --seed ${run.seed} --session ${session} --steps ${numbers}`);
  for (const { title, request } of last.apache.exchanges) console.log(`    ${title}  ${JSON.stringify(request)}`);
  showSideBySide(seenAgain(last.differences), last.apache, ["apache", "samsa "]);
}
