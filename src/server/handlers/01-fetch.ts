import type { Broker } from "../../broker/broker.js";
import { errors } from "../../protocol/errors.js";
import { Fetch } from "../../protocol/messages/01-fetch.js";
import type { RequestOf, ResponseOf } from "../../protocol/schema/message.js";
import type { RequestContext } from "../context.js";
import { type Fetched, readAll, release, totalBytes } from "../fetch-read.js";
import { handler } from "../handler.js";
import { leaderHint, nodeEndpoints } from "../leader-hints.js";

type FetchRequest = RequestOf<typeof Fetch>;
type FetchResponse = ResponseOf<typeof Fetch>;

/**
 * Fetch: record batches from partitions that this broker leads, as soon as there are `minBytes` of them or `maxWaitMs`
 * has passed. Sessions (KIP-227) are declined: the answer carries session 0, so every request names all it wants.
 */
export const fetch = handler(Fetch, { from: 4, to: 18 }, (broker, request, context) => {
  const session = declineSession(request);
  if (session !== errors.NONE.code) return { errorCode: session, sessionId: 0, responses: [] };
  const reading = readAll(broker, request, context);
  const answer = (fetched: readonly Fetched[]) =>
    isEnough(request, fetched) ? respond(context, fetched) : whenThereIsMore(broker, request, context, fetched);
  return reading instanceof Promise ? reading.then(answer) : answer(reading);
});

/** A client that believes in a session which we never gave is told so, and starts over with a full request. */
function declineSession({ sessionId, sessionEpoch }: FetchRequest) {
  if (sessionId === 0 || sessionEpoch <= 0) return errors.NONE.code;
  return errors.FETCH_SESSION_ID_NOT_FOUND.code;
}

function isEnough({ maxWaitMs, minBytes }: FetchRequest, fetched: readonly Fetched[]): boolean {
  return maxWaitMs <= 0 || fetched.length === 0 || totalBytes(fetched) >= minBytes || fetched.some(isFinal);
}

function isFinal({ errorCode, divergingEpoch }: Fetched): boolean {
  return errorCode !== errors.NONE.code || divergingEpoch !== undefined;
}

/** Parks the request on its partitions. What it read so far is given back, and read again when it is answered. */
function whenThereIsMore(
  broker: Broker,
  request: FetchRequest,
  context: RequestContext,
  fetched: readonly Fetched[],
): Promise<FetchResponse> {
  const missingBytes = Math.max(request.minBytes - totalBytes(fetched), 1);
  release(fetched);
  return new Promise((resolve) => {
    const answer = () => {
      const reading = Promise.resolve(readAll(broker, request, context));
      resolve(reading.then((again) => respond(context, again)));
    };
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

/** How much has come since the request was looked at; without end when a partition has news other than records. */
function newBytes(fetched: readonly Fetched[]): number {
  let bytes = 0;
  for (const { partition, upTo, endOffset, logBytes } of fetched) {
    if (partition === null || partition.checkLeader(-1) !== errors.NONE.code) return Number.POSITIVE_INFINITY;
    if (partition.endFor(upTo) > endOffset) bytes += Math.max(partition.bytes - logBytes, 1);
  }
  return bytes;
}

function respond(context: RequestContext, fetched: readonly Fetched[]): FetchResponse {
  context.onAnswered(() => release(fetched));
  const leaders = new Set<number>();
  const byTopic = new Map<Fetched["topic"], ReturnType<typeof respondOne>[]>();
  for (const one of fetched) {
    const partitions = byTopic.get(one.topic) ?? [];
    byTopic.set(one.topic, partitions);
    partitions.push(respondOne(one, leaders));
  }
  return {
    errorCode: errors.NONE.code,
    sessionId: 0,
    responses: [...byTopic].map(([{ topic, topicId }, partitions]) => ({ topic, topicId, partitions })),
    nodeEndpoints: nodeEndpoints(context, leaders),
  };
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
    abortedTransactions: partition === null || (isRead && one.upTo === "last stable offset") ? [] : null,
    preferredReadReplica: -1,
    divergingEpoch,
    currentLeader: leaderHint(image, index, errorCode, leaders),
    records: one.records,
  };
}
