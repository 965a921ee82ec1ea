import type { Broker } from "../../broker/broker.js";
import type { FetchSession } from "../../cluster/replication/sessions/fetch-session.js";
import { errors } from "../../protocol/errors.js";
import { Fetch } from "../../protocol/messages/01-fetch.js";
import type { RequestOf, ResponseOf } from "../../protocol/schema/message.js";
import type { RequestContext } from "../context.js";
import {
  checkServes,
  countSent,
  type Fetched,
  hasCommitted,
  isHeldBack,
  type KnownHighWatermark,
  readAll,
  release,
  totalBytes,
} from "../fetching/fetch-read.js";
import {
  followerSession,
  isNews,
  knownHighWatermark,
  type SessionOfFetch,
  sessionIdFor,
  sessionOf,
  wantedIn,
} from "../fetching/fetch-session-of.js";
import { lookFor } from "../fetching/follower-looks.js";
import { handler } from "../handler.js";
import { leaderHint, nodeEndpoints } from "../partitions/leader-hints.js";
import { namedOnce, type TopicsOf } from "../partitions/named-once.js";

/** The field is older: it is meant for the metadata quorum there. */
const LEADER_HINTS_SINCE = 16;

type FetchRequest = RequestOf<typeof Fetch>;
type FetchTopic = FetchRequest["topics"][number];
type FetchResponse = ResponseOf<typeof Fetch>;

/**
 * Fetch: record batches from partitions that this broker leads, as soon as there are `minBytes` of them or `maxWaitMs`
 * has passed. In a session (KIP-227) only what is new is told. Up to version 3 clients get the messages of old. Followers
 * fetch all that is in the log, and are told at once when more is committed.
 */
export const fetch = handler(Fetch, { from: 0, to: 18 }, (broker, given, context) => {
  const said = { ...given, topics: namedOnce(given.topics, topicsOfFetch) };
  const session = sessionOf(broker, said, context);
  if ("errorCode" in session) return { errorCode: session.errorCode, sessionId: 0, responses: [] };
  const known: KnownHighWatermark = (topic, asked) => knownHighWatermark(session, topic, asked);
  const follower = followerSession(session);
  if (follower !== null) return fetchInFollowerSession(follower, session, broker, said, context, known);
  const request = wantedIn(session, said);
  const reading = readAll(broker, request, context, known);
  const respond = (fetched: readonly Fetched[]) => respondIn(session, broker, request, context, fetched);
  const answer = (fetched: readonly Fetched[]) =>
    fetched.length === 0 || isEnough(request, fetched)
      ? respond(fetched)
      : whenThereIsMore(broker, request, context, known, fetched).then(respond);
  return reading instanceof Promise ? reading.then(answer) : answer(reading);
});

/** The same where only what moves is looked at. */
function fetchInFollowerSession(
  follower: FetchSession,
  session: SessionOfFetch,
  broker: Broker,
  said: FetchRequest,
  context: RequestContext,
  known: KnownHighWatermark,
): FetchResponse | Promise<FetchResponse> {
  const brokerId = Math.max(said.replicaId, said.replicaState.replicaId);
  const respond = (fetched: readonly Fetched[]) => respondIn(session, broker, said, context, fetched);
  const look = () => lookFor(follower, brokerId, () => readAll(broker, wantedIn(session, said), context, known));
  const tryNow = () => {
    const fetched = look();
    if (fetched instanceof Promise || isEnough(said, fetched)) return fetched;
    release(fetched);
    return null;
  };
  const first = tryNow();
  if (first instanceof Promise) return first.then(respond);
  if (first !== null) return respond(first);
  return new Promise<readonly Fetched[]>((resolve) => {
    const tryComplete = () => {
      const fetched = tryNow();
      if (fetched !== null) resolve(fetched);
      return fetched !== null;
    };
    const deadlineMs = context.arrivedMs + said.maxWaitMs;
    broker.park(context, { on: [follower.moved], deadlineMs, tryComplete, expire: () => resolve(look()) });
  }).then(respond);
}

const topicsOfFetch: TopicsOf<FetchTopic, FetchTopic["partitions"][number]> = {
  keyOf: ({ topic, topicId }) => `${topic} ${topicId}`,
  partitionsOf: ({ partitions }) => partitions,
  indexOf: ({ partition }) => partition,
  withPartitions: (topic, partitions) => ({ ...topic, partitions }),
};

function isEnough({ maxWaitMs, minBytes }: FetchRequest, fetched: readonly Fetched[]): boolean {
  return maxWaitMs <= 0 || totalBytes(fetched) >= minBytes || fetched.some(isFinal) || fetched.some(hasCommitted);
}

function isFinal({ errorCode, divergingEpoch, preferredReadReplica }: Fetched): boolean {
  return errorCode !== errors.NONE.code || divergingEpoch !== undefined || preferredReadReplica >= 0;
}

/** Parks the request on its partitions. What it read so far is given back, and read again at the end. */
function whenThereIsMore(
  broker: Broker,
  request: FetchRequest,
  context: RequestContext,
  known: KnownHighWatermark,
  fetched: readonly Fetched[],
): Promise<readonly Fetched[]> {
  const missingBytes = Math.max(request.minBytes - totalBytes(fetched), 1);
  release(fetched);
  return new Promise((resolve) => {
    const answer = () => resolve(readAll(broker, request, context, known));
    const tryComplete = () => {
      const isReady = newBytes(fetched) >= missingBytes;
      if (isReady) answer();
      return isReady;
    };
    // Where data had to be waited for, more may have come meanwhile.
    if (tryComplete()) return;
    const on = fetched.flatMap(({ partition }) => (partition === null ? [] : [partition.moved]));
    broker.park(context, { on, deadlineMs: context.arrivedMs + request.maxWaitMs, tryComplete, expire: answer });
  });
}

/**
 * How much has come since the request was looked at; without end when a partition has news other than records, or when a
 * transaction is decided that has held records back.
 */
function newBytes(fetched: readonly Fetched[]): number {
  let bytes = 0;
  for (const one of fetched) {
    const { asked, partition, upTo, endOffset, isUndecided, logBytes, anyReplica } = one;
    if (partition === null || hasCommitted(one)) return Number.POSITIVE_INFINITY;
    if (checkServes(partition, anyReplica, asked.currentLeaderEpoch) !== errors.NONE.code)
      return Number.POSITIVE_INFINITY;
    if (partition.endFor(upTo) <= endOffset || isHeldBack(one)) continue;
    if (isUndecided) return Number.POSITIVE_INFINITY;
    bytes += Math.max(partition.bytes - logBytes, 1);
  }
  return bytes;
}

function respondIn(
  session: SessionOfFetch,
  broker: Broker,
  request: FetchRequest,
  context: RequestContext,
  fetched: readonly Fetched[],
): FetchResponse {
  context.onAnswered(() => release(fetched));
  countSent(fetched);
  const leaders = new Set<number>();
  const told: { readonly topic: Fetched["topic"]; readonly partitions: ReturnType<typeof respondOne>[] }[] = [];
  for (const one of missingLast(fetched)) {
    const partition = respondOne(one, context, leaders);
    if (!isNews(session, one.topic, partition)) continue;
    const last = told.at(-1);
    // In a session each partition stands for itself: neighbours of one topic come together.
    if (last !== undefined && isSameTopic(last.topic, one.topic)) last.partitions.push(partition);
    else told.push({ topic: one.topic, partitions: [partition] });
  }
  return {
    errorCode: errors.NONE.code,
    sessionId: sessionIdFor(session, broker, request, context, told),
    responses: told.map(({ topic: { topic, topicId }, partitions }) => ({ topic, topicId, partitions })),
    nodeEndpoints: nodeEndpoints(context, leaders),
  };
}

/** In the order of Apache Kafka: what could not be found comes behind what could, unknown ids first. */
function missingLast(fetched: readonly Fetched[]): readonly Fetched[] {
  if (fetched.every(({ partition }) => partition !== null)) return fetched;
  return fetched.toSorted((one, other) => rankOf(one) - rankOf(other));
}

function rankOf({ partition, errorCode }: Fetched): number {
  if (partition !== null) return 0;
  return errorCode === errors.UNKNOWN_TOPIC_ID.code ? 1 : 2;
}

function isSameTopic(one: Fetched["topic"], other: Fetched["topic"]): boolean {
  return one === other || (one.topic === other.topic && one.topicId === other.topicId);
}

/** Only who reads what is committed is told; and, as by Apache Kafka, who asked for a partition that cannot be found. */
function tellsOfAborted({ errorCode, partition, upTo, divergingEpoch }: Fetched): boolean {
  if (partition === null) return errorCode !== errors.NOT_LEADER_OR_FOLLOWER.code;
  return errorCode === errors.NONE.code && upTo === "last stable offset" && divergingEpoch === undefined;
}

function respondOne(one: Fetched, { apiVersion }: RequestContext, leaders: Set<number>) {
  const { errorCode, partition, image, divergingEpoch } = one;
  const index = one.asked.partition;
  const isRead = errorCode === errors.NONE.code && partition !== null;
  return {
    partitionIndex: index,
    errorCode,
    highWatermark: isRead ? partition.highWatermark : -1,
    lastStableOffset: isRead ? partition.lastStableOffset : -1,
    logStartOffset: isRead ? partition.logStartOffset : -1,
    abortedTransactions: tellsOfAborted(one) ? one.abortedTransactions : null,
    preferredReadReplica: one.preferredReadReplica,
    divergingEpoch,
    currentLeader: apiVersion < LEADER_HINTS_SINCE ? undefined : leaderHint(image, index, errorCode, leaders),
    records: one.records,
  };
}
