/**
 * Sends sessions of random requests to both brokers and compares the answers. A session is known by the seed of the run
 * and its number; its names are its own, so that thousands of them share two brokers and never meet.
 */
import { RandomStream } from "../../src/environments/simulated/random-stream.js";
import { invariant } from "../../src/lib/invariant.js";
import { errors } from "../../src/protocol/errors.js";
import { comparableVersions } from "../requests/comparable-versions.js";
import type { TargetBroker } from "../support/target-broker.js";
import { acceptanceOf } from "./accepted.js";
import { compareRecordings, type Difference, isWording } from "./compare.js";
import { errorCodesIn } from "./error-codes.js";
import { type NormalisedRecording, normalise } from "./normalise.js";
import { playSteps, type Step } from "./random-session.js";
import { type Recording, record } from "./recording.js";
import { showSideBySide } from "./show.js";

export interface RandomOptions {
  readonly sessions: number;
  readonly seed: number;
  readonly apache: TargetBroker;
  readonly samsa: TargetBroker;
}

const STEPS_PER_SESSION = 15;
const BROKENNESS = 0.08;
/** Sessions under way at once: while one waits for a rebalance, others ask. */
const AT_ONCE = 8;
/** So many kinds of differences are shrunk and shown. */
const SHOWN_MAX = 25;

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

/** What the same cause shows in many sessions. */
interface Finding {
  readonly session: number;
  readonly steps: readonly Step[];
  count: number;
}

/** Gives the number of sessions that were alike. */
export async function compareRandomSessions(options: RandomOptions): Promise<number> {
  const findings = new Map<string, Finding>();
  let next = 0;
  let alike = 0;
  const work = async () => {
    while (next < options.sessions) {
      const session = next;
      next += 1;
      const steps = stepsOf(options.seed, session);
      const { differences } = await compareOnce(options, session, 0, steps);
      if (differences.length === 0) alike += 1;
      for (const kind of new Set(differences.map(kindOf))) {
        const found = findings.get(kind);
        if (found === undefined) findings.set(kind, { session, steps, count: 1 });
        else found.count += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const [kind, finding] of [...findings].slice(0, SHOWN_MAX)) await showShrunk(options, kind, finding);
  return alike;
}

function stepsOf(seed: number, session: number): Step[] {
  const dice = new RandomStream(seed * 1_000_000 + session, "session");
  return Array.from({ length: STEPS_PER_SESSION }, () => {
    const drawn = deck[dice.below(deck.length)];
    invariant(drawn !== undefined, "the deck is not empty");
    const version = drawn.versions[dice.below(drawn.versions.length)] ?? 0;
    return { api: drawn.api, version, seed: dice.below(2 ** 31), brokenness: BROKENNESS };
  });
}

interface Compared {
  readonly differences: readonly Difference[];
  readonly apache: NormalisedRecording;
}

async function compareOnce(
  { seed, apache, samsa }: RandomOptions,
  session: number,
  attempt: number,
  steps: readonly Step[],
): Promise<Compared> {
  const run = `random${seed}x`;
  const prefix = `${run}${session}x${attempt}`;
  const scenario = { name: "random", run: (of: Parameters<typeof playSteps>[0]) => playSteps(of, prefix, steps) };
  const recordings = await Promise.all([record(scenario, apache), record(scenario, samsa)]);
  const uncaught = new Set(recordings[0].exchanges.flatMap((exchange, at) => (isUncaught(exchange) ? [at] : [])));
  const [left, right] = recordings.map((recording) => ofOneSession(recording, run, prefix));
  if (left === undefined || right === undefined) throw new Error("two brokers give two recordings");
  const normalised = normalise(left, apache);
  const differences = compareRecordings(normalised, normalise(right, samsa)).filter(
    (difference) =>
      !isWording(difference) &&
      !uncaught.has(difference.exchange) &&
      acceptanceOf(scenario.name, difference) === undefined,
  );
  return { differences, apache: normalised };
}

/** An exception that Apache Kafka did not expect: what Samsa says in its place is right. */
function isUncaught({ answer }: Recording["exchanges"][number]): boolean {
  return "body" in answer && errorCodesIn(answer.body).includes(errors.UNKNOWN_SERVER_ERROR.code);
}

/** What lists show of other sessions is left out. */
function ofOneSession(recording: Recording, run: string, prefix: string): Recording {
  const isForeign = (text: unknown) => typeof text === "string" && text.startsWith(run) && !text.startsWith(prefix);
  const own = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.filter((item) => !namesForeign(item)).map(own);
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, own(inside)]));
  };
  const namesForeign = (item: unknown) =>
    typeof item === "object" && item !== null && !(item instanceof Uint8Array) && Object.values(item).some(isForeign);
  const exchanges = recording.exchanges.map((exchange) =>
    "none" in exchange.answer ? exchange : { ...exchange, answer: { body: own(exchange.answer.body) } },
  );
  return { ...recording, exchanges };
}

/** The same field of the same API with the same two values is the same kind, whatever the names in it. */
function kindOf({ title, path, apache, samsa }: Difference): string {
  const api = title.split(" ")[0] ?? "";
  const values = [apache, samsa].map((value) => JSON.stringify(value)?.replace(/random\d+x\d+x\d+|\d{5,}/g, "…"));
  return `${api} ${path.replace(/\[[^\]]*\]/g, "[]")}: ${values.join(" and ").slice(0, 300)}`;
}

/** Removes what can be removed so that the difference stays, and shows the rest. */
async function showShrunk(options: RandomOptions, kind: string, { session, steps, count }: Finding): Promise<void> {
  let shrunk = steps;
  let attempt = 1;
  let last = await compareOnce(options, session, attempt, shrunk);
  for (let at = steps.length - 1; at >= 0; at -= 1) {
    const shorter = shrunk.filter((_, index) => index !== at);
    attempt += 1;
    const compared = await compareOnce(options, session, attempt, shorter);
    if (!compared.differences.some((difference) => kindOf(difference) === kind)) continue;
    [shrunk, last] = [shorter, compared];
  }
  console.log(`\n✗ in ${count} sessions, first in session ${session} of seed ${options.seed}: ${kind}`);
  for (const { title, request } of last.apache.exchanges) console.log(`    ${title}  ${JSON.stringify(request)}`);
  showSideBySide(
    last.differences.filter((difference) => kindOf(difference) === kind),
    last.apache,
    ["apache", "samsa "],
  );
}
