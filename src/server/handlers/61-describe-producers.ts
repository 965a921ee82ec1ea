import type { Broker } from "../../broker/broker.js";
import { topicNameProblem } from "../../metadata/topic-names.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { DescribeProducers } from "../../protocol/messages/61-describe-producers.js";
import type { ResponseOf } from "../../protocol/schema/message.js";
import type { RequestContext } from "../context.js";
import { describedOnce } from "../described-once.js";
import { handler } from "../handler.js";
import { heldPartition } from "../partitions/led-partition.js";

type PartitionAnswer = ResponseOf<typeof DescribeProducers>["topics"][number]["partitions"][number];

interface PartitionAsked {
  readonly topic: string;
  readonly index: number;
}

/** DescribeProducers: the producers that a replica of a partition remembers, for who looks for transactions that hang. */
export const describeProducers = handler(DescribeProducers, { from: 0, to: 0 }, (broker, request, context) => {
  const answerOf = describedOnce<PartitionAsked, PartitionAnswer>(
    ({ topic, index }) => `${index} ${topic}`,
    ({ topic, index }) => ({ partitionIndex: index, ...describe(broker, context, topic, index) }),
  );
  const topics = request.topics.map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.map((index) => answerOf({ topic: name, index })),
  }));
  return { topics };
});

function describe(broker: Broker, context: RequestContext, topic: string, index: number) {
  if (!context.authorize("Read", "Topic", topic)) return failed(errors.TOPIC_AUTHORIZATION_FAILED.code);
  const problem = topicNameProblem(topic);
  if (problem !== null) return failed(errors.INVALID_TOPIC_EXCEPTION.code, problem);
  const held = heldPartition(broker, context.image, topic, index, -1);
  if ("errorCode" in held) {
    const isMissing = !context.image.topicsByName.has(topic);
    return failed(held.errorCode, isMissing ? "This broker has no such topic." : null);
  }
  const activeProducers = held.partition.producersSeen().map((producer) => ({
    producerId: producer.producerId,
    producerEpoch: producer.producerEpoch,
    lastSequence: producer.lastSequence,
    lastTimestamp: producer.lastTimestampMs,
    coordinatorEpoch: producer.coordinatorEpoch,
    currentTxnStartOffset: producer.currentTransactionStartOffset ?? -1,
  }));
  return { errorCode: errors.NONE.code, errorMessage: null, activeProducers };
}

function failed(errorCode: ErrorCode, errorMessage: string | null = null) {
  return { errorCode, errorMessage, activeProducers: [] };
}
