import type { Broker } from "../../broker/broker.js";
import { errors } from "../../protocol/errors.js";
import { Fetch } from "../../protocol/messages/01-fetch.js";
import type { RequestOf, ResponseOf } from "../../protocol/schema/message.js";
import type { RequestContext } from "../context.js";
import { type Fetched, readAll, release, totalBytes } from "../fetch-read.js";
import { isNews, type SessionOfFetch, sessionIdFor, sessionOf, wantedIn } from "../fetch-session-of.js";
import { handler } from "../handler.js";
import { leaderHint, nodeEndpoints } from "../leader-hints.js";

type FetchRequest = RequestOf<typeof Fetch>;
type FetchResponse = ResponseOf<typeof Fetch>;

/**
 * Fetch: record batches from partitions that this broker leads, as soon as there are `minBytes` of them or `maxWaitMs`
 * has passed. In a session (KIP-227) only what is new is told. Up to version 3 clients get the messages of old.
 */
export const fetch = handler(Fetch, { from: 0, to: 18 }, (broker, given, context) => {
  const session = sessionOf(broker, given, context);
  if ("errorCode" in session) return { errorCode: session.errorCode, sessionId: 0, responses: [] };
  const request = wantedIn(session, given);
  const reading = readAll(broker, request, context);
  const respond = (fetched: readonly Fetched[]) => respondIn(session, broker, request, context, fetched);
  const answer = (fetched: readonly Fetched[]) =>
    isEnough(request, fetched) ? respond(fetched) : whenThereIsMore(broker, request, context, fetched).then(respond);
  return reading instanceof Promise ? reading.then(answer) : answer(reading);
});

function isEnough({ maxWaitMs, minBytes }: FetchRequest, fetched: readonly Fetched[]): boolean {
  return maxWaitMs <= 0 || fetched.length === 0 || totalBytes(fetched) >= minBytes || fetched.some(isFinal);
}

function isFinal({ errorCode, divergingEpoch }: Fetched): boolean {
  return errorCode !== errors.NONE.code || divergingEpoch !== undefined;
}

/** Parks the request on its partitions. What it read so far is given back, and read again at the end. */
function whenThereIsMore(
  broker: Broker,
  request: FetchRequest,
  context: RequestContext,
  fetched: readonly Fetched[],
): Promise<readonly Fetched[]> {
  const missingBytes = Math.max(request.minBytes - totalBytes(fetched), 1);
  release(fetched);
  return new Promise((resolve) => {
    const answer = () => resolve(readAll(broker, request, context));
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
  for (const { partition, upTo, endOffset, isHeldBack, logBytes } of fetched) {
    if (partition === null || partition.checkLeader(-1) !== errors.NONE.code) return Number.POSITIVE_INFINITY;
    if (partition.endFor(upTo) <= endOffset) continue;
    if (isHeldBack) return Number.POSITIVE_INFINITY;
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
  const leaders = new Set<number>();
  const told: { readonly topic: Fetched["topic"]; readonly partitions: ReturnType<typeof respondOne>[] }[] = [];
  for (const one of fetched) {
    const partition = respondOne(one, leaders);
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

function isSameTopic(one: Fetched["topic"], other: Fetched["topic"]): boolean {
  return one === other || (one.topic === other.topic && one.topicId === other.topicId);
}

function respondOne(one: Fetched, leaders: Set<number>) {
  const { errorCode, partition, image, divergingEpoch } = one;
  const index = one.asked.partition;
  const isRead = errorCode === errors.NONE.code && partition !== null;
  return {
    partitionIndex: index,
    errorCode,
    highWatermark: isRead ? partition.highWatermark : -1,
    lastStableOffset: isRead ? partition.lastStableOffset : -1,
    logStartOffset: isRead ? partition.logStartOffset : -1,
    abortedTransactions:
      partition === null || (isRead && one.upTo === "last stable offset") ? one.abortedTransactions : null,
    preferredReadReplica: -1,
    divergingEpoch,
    currentLeader: leaderHint(image, index, errorCode, leaders),
    records: one.records,
  };
}
