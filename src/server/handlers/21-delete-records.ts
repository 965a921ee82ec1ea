import type { Broker } from "../../broker/broker.js";
import { isInternalTopic } from "../../broker/internal-topics.js";
import type { Partition } from "../../cluster/replication/partition.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { DeleteRecords } from "../../protocol/messages/21-delete-records.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import type { RequestContext } from "../context.js";
import { handler } from "../handler.js";
import { ledPartition } from "../partitions/led-partition.js";
import { namedOnce, type TopicsOf } from "../partitions/named-once.js";

/** Instead of an offset: all that is committed. */
const HIGH_WATERMARK = -1;

type Topic = RequestOf<typeof DeleteRecords>["topics"][number];

const topicsOf: TopicsOf<Topic, Topic["partitions"][number]> = {
  keyOf: ({ name }) => name,
  partitionsOf: ({ partitions }) => partitions,
  indexOf: ({ partitionIndex }) => partitionIndex,
  withPartitions: (topic, partitions) => ({ ...topic, partitions }),
};

interface Result {
  readonly lowWatermark: number;
  readonly errorCode: ErrorCode;
}

/** The leader begins there by now; replicas on other brokers follow. */
interface Awaited {
  readonly partition: Partition;
  readonly leadingSince: number | null;
  readonly offset: number;
}

/**
 * DeleteRecords: nothing below an offset is served any more. It is done when that holds for every replica whose broker
 * lives: whichever of them leads next, the records stay gone.
 */
export const deleteRecords = handler(DeleteRecords, { from: 0, to: 2 }, (broker, request, context) => {
  const topics = namedOnce(request.topics, topicsOf).map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, offset }) => ({
      partitionIndex,
      begun: deleteBefore(broker, context, name, partitionIndex, offset),
    })),
  }));
  const begun = topics.flatMap(({ partitions }) => partitions.map((one) => one.begun));
  const answer = () => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, begun }) => ({
        partitionIndex,
        ...("partition" in begun ? (outcomeOf(begun) ?? late(begun)) : begun),
      })),
    })),
  });
  const isDone = () => begun.every((one) => !("partition" in one) || outcomeOf(one) !== null);
  if (isDone()) return answer();
  return new Promise<ReturnType<typeof answer>>((resolve) => {
    const tryComplete = () => {
      if (!isDone()) return false;
      resolve(answer());
      return true;
    };
    const on = begun.flatMap((one) => ("partition" in one ? [one.partition.moved] : []));
    const deadlineMs = context.arrivedMs + request.timeoutMs;
    broker.park(context, { on, deadlineMs, tryComplete, expire: () => resolve(answer()) });
  });
});

/** Null: other replicas are not there yet. */
function outcomeOf({ partition, leadingSince, offset }: Awaited): Result | null {
  const { leading } = partition;
  if (leading === null || partition.leadingSince !== leadingSince) return failed(errors.NOT_LEADER_OR_FOLLOWER.code);
  const { lowWatermark } = leading;
  return lowWatermark < offset ? null : { lowWatermark, errorCode: errors.NONE.code };
}

function late({ partition }: Awaited): Result {
  return { lowWatermark: partition.leading?.lowWatermark ?? -1, errorCode: errors.REQUEST_TIMED_OUT.code };
}

function deleteBefore(
  broker: Broker,
  context: RequestContext,
  topic: string,
  index: number,
  wanted: number,
): Result | Awaited {
  if (!context.authorize("Delete", "Topic", topic)) return failed(errors.TOPIC_AUTHORIZATION_FAILED.code);
  const led = ledPartition(broker, context.image, topic, index, -1);
  const isMissing = "errorCode" in led && led.errorCode === errors.UNKNOWN_TOPIC_OR_PARTITION.code;
  if (isInternalTopic(topic) && !isMissing) return failed(errors.INVALID_TOPIC_EXCEPTION.code);
  if ("errorCode" in led) return failed(led.errorCode);
  const { partition } = led;
  const { cleanupPolicy } = partition.config;
  // Of a compacted log only the latest record of each key is kept, and no other rule may take that away.
  if (cleanupPolicy.compact && !cleanupPolicy.delete) return failed(errors.POLICY_VIOLATION.code);
  const offset = wanted === HIGH_WATERMARK ? partition.highWatermark : wanted;
  if (offset < 0) return failed(errors.OFFSET_OUT_OF_RANGE.code);
  const errorCode = partition.deleteRecordsBefore(offset);
  if (errorCode !== errors.NONE.code) return failed(errorCode);
  return { partition, leadingSince: partition.leadingSince, offset };
}

function failed(errorCode: ErrorCode): Result {
  return { lowWatermark: -1, errorCode };
}
