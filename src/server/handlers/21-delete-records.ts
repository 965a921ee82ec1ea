import type { Broker } from "../../broker/broker.js";
import { isInternalTopic } from "../../broker/internal-topics.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { DeleteRecords } from "../../protocol/messages/21-delete-records.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import type { RequestContext } from "../context.js";
import { handler } from "../handler.js";
import { ledPartition } from "../led-partition.js";
import { namedOnce, type TopicsOf } from "../named-once.js";

/** Instead of an offset: all that is committed. */
const HIGH_WATERMARK = -1;

type Topic = RequestOf<typeof DeleteRecords>["topics"][number];

const topicsOf: TopicsOf<Topic, Topic["partitions"][number]> = {
  keyOf: ({ name }) => name,
  partitionsOf: ({ partitions }) => partitions,
  indexOf: ({ partitionIndex }) => partitionIndex,
  withPartitions: (topic, partitions) => ({ ...topic, partitions }),
};

/** DeleteRecords: nothing below an offset is served any more. */
export const deleteRecords = handler(DeleteRecords, { from: 0, to: 2 }, (broker, request, context) => {
  const topics = namedOnce(request.topics, topicsOf).map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, offset }) => ({
      partitionIndex,
      ...deleteBefore(broker, context, name, partitionIndex, offset),
    })),
  }));
  return { topics };
});

function deleteBefore(broker: Broker, context: RequestContext, topic: string, index: number, wanted: number) {
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
  return errorCode === errors.NONE.code ? { lowWatermark: partition.logStartOffset, errorCode } : failed(errorCode);
}

function failed(errorCode: ErrorCode) {
  return { lowWatermark: -1, errorCode };
}
