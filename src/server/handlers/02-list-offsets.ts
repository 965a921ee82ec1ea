import type { Broker } from "../../broker/broker.js";
import type { Partition } from "../../cluster/replication/partition.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { ListOffsets } from "../../protocol/messages/02-list-offsets.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import type { RequestContext } from "../context.js";
import { handler } from "../handler.js";
import { heldPartition, ledPartition } from "../partitions/led-partition.js";
import { allThere, whenThere } from "../when-there.js";

type ListOffsetsRequest = RequestOf<typeof ListOffsets>;
type RequestedPartition = ListOffsetsRequest["topics"][number]["partitions"][number];

/** Timestamps that are none: each stands for a place in the log. */
const marks = {
  latest: -1,
  earliest: -2,
  maxTimestamp: -3,
  earliestLocal: -4,
  latestTiered: -5,
  earliestPendingUpload: -6,
} as const;

/** The version that brought each mark. */
const markSince: ReadonlyMap<number, number> = new Map([
  [marks.latest, 0],
  [marks.earliest, 0],
  [marks.maxTimestamp, 7],
  [marks.earliestLocal, 8],
  [marks.latestTiered, 9],
  [marks.earliestPendingUpload, 11],
]);

/** A replica id below 0 is a client's; a follower may see all that is in the log. */
const CONSUMER_REPLICA_ID = -1;
/** Who looks for what is wrong asks any replica what it has. */
const DEBUGGING_REPLICA_ID = -2;
/** Before, clients know only LEADER_NOT_AVAILABLE. */
const NOT_AVAILABLE_SINCE = 5;
const READ_COMMITTED = 1;

interface FoundOffset {
  readonly errorCode: ErrorCode;
  readonly timestamp: number;
  readonly offset: number;
  readonly leaderEpoch: number;
}

/** ListOffsets: the offset for a timestamp, or for a mark such as the end of the log. */
export const listOffsets = handler(ListOffsets, { from: 0, to: 11 }, (broker, request, context) => {
  const topics = [...askedByTopic(request)].map(([name, partitions]) => {
    const mayDescribe = context.authorize("Describe", "Topic", name);
    const answers = [...partitions].map(([partitionIndex, asked]) => {
      if (!mayDescribe) return { partitionIndex, ...nothing(errors.TOPIC_AUTHORIZATION_FAILED.code) };
      if (asked === "repeated") return { partitionIndex, ...nothing(errors.INVALID_REQUEST.code) };
      return whenThere(listOne(broker, request, context, name, asked), (answer) => ({
        partitionIndex,
        ...(context.apiVersion === 0 ? inOldStyle(answer, asked) : answer),
      }));
    });
    return whenThere(allThere(answers), (there) => ({ name, partitions: there }));
  });
  return whenThere(allThere(topics), (there) => ({ topics: there }));
});

/** Version 0 has a list of offsets, newest first, and nothing else: one is what every client asks for. */
function inOldStyle({ errorCode, offset }: FoundOffset, { maxNumOffsets }: RequestedPartition) {
  return { errorCode, oldStyleOffsets: offset >= 0 && maxNumOffsets > 0 ? [offset] : [] };
}

/** A partition that is named twice could be asked for different things: like Kafka, it is refused, and answered once. */
function askedByTopic({ topics }: ListOffsetsRequest) {
  const asked = new Map<string, Map<number, RequestedPartition | "repeated">>();
  for (const { name, partitions } of topics) {
    if (partitions.length === 0) continue;
    const ofTopic = asked.get(name) ?? new Map<number, RequestedPartition | "repeated">();
    asked.set(name, ofTopic);
    for (const one of partitions) {
      ofTopic.set(one.partitionIndex, ofTopic.has(one.partitionIndex) ? "repeated" : one);
    }
  }
  return asked;
}

function listOne(
  broker: Broker,
  { replicaId, isolationLevel }: ListOffsetsRequest,
  { image, apiVersion }: RequestContext,
  topic: string,
  { partitionIndex, currentLeaderEpoch, timestamp }: RequestedPartition,
): FoundOffset | Promise<FoundOffset> {
  if (!isKnown(timestamp, apiVersion)) return nothing(errors.UNSUPPORTED_VERSION.code);
  const resolve = replicaId === DEBUGGING_REPLICA_ID ? heldPartition : ledPartition;
  const resolved = resolve(broker, image, topic, partitionIndex, currentLeaderEpoch);
  if ("errorCode" in resolved) return nothing(resolved.errorCode);
  const { partition } = resolved;
  if (replicaId !== CONSUMER_REPLICA_ID) return find(partition, timestamp, partition.endFor("end of log"), null);
  const upTo = isolationLevel === READ_COMMITTED ? "last stable offset" : "high watermark";
  const notYet = apiVersion < NOT_AVAILABLE_SINCE ? errors.LEADER_NOT_AVAILABLE : errors.OFFSET_NOT_AVAILABLE;
  return find(partition, timestamp, partition.endFor(upTo), partition.leading?.knowsCommitted ? null : notYet.code);
}

function isKnown(timestamp: number, apiVersion: number): boolean {
  return timestamp >= 0 || apiVersion >= (markSince.get(timestamp) ?? Number.POSITIVE_INFINITY);
}

/**
 * `end` is the offset behind the last one that the caller may see. `behindEnd`: why nothing is said of what lies there,
 * as a new leader does not know yet how much its followers have (KIP-207); null: there is nothing.
 */
function find(
  partition: Partition,
  timestamp: number,
  end: number,
  behindEnd: ErrorCode | null,
): FoundOffset | Promise<FoundOffset> {
  const { log } = partition;
  switch (timestamp) {
    case marks.latest:
      return behindEnd === null
        ? found(-1, end, partition.leaderEpoch ?? log?.latestLeaderEpoch ?? -1)
        : nothing(behindEnd);
    case marks.earliest:
    case marks.earliestLocal: {
      const { logStartOffset } = partition;
      return found(-1, logStartOffset, log?.leaderEpochAt(logStartOffset) ?? partition.leaderEpoch ?? -1);
    }
    case marks.latestTiered:
    case marks.earliestPendingUpload:
      // There is no tiered storage: nothing was uploaded, nothing will be.
      return nothing(errors.NONE.code);
    default:
      return findRecord(partition, timestamp, end, behindEnd ?? errors.NONE.code);
  }
}

/** It may lie anywhere in the log, so it is waited for. */
async function findRecord(
  { log }: Partition,
  timestamp: number,
  end: number,
  behindEnd: ErrorCode,
): Promise<FoundOffset> {
  const searched = timestamp === marks.maxTimestamp ? log?.maxTimestamp() : log?.offsetForTimestamp(timestamp);
  const record = await searched;
  if (record === undefined || record === null) return nothing(behindEnd);
  if ("errorCode" in record) return nothing(record.errorCode);
  if (record.offset >= end) return nothing(behindEnd);
  return found(record.timestampMs, record.offset, record.leaderEpoch);
}

function found(timestamp: number, offset: number, leaderEpoch: number): FoundOffset {
  return { errorCode: errors.NONE.code, timestamp, offset, leaderEpoch };
}

function nothing(errorCode: ErrorCode): FoundOffset {
  return { errorCode, timestamp: -1, offset: -1, leaderEpoch: -1 };
}
