import { isInternalTopic } from "../../broker/internal-topics.js";
import type { MetadataImage, PartitionImage, TopicImage } from "../../metadata/image/image.js";
import { topicNameProblem } from "../../metadata/topic-names.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { DescribeTopicPartitions } from "../../protocol/messages/75-describe-topic-partitions.js";
import type { RequestOf, ResponseOf } from "../../protocol/schema/message.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import { authorizedOperations } from "../authorized-operations.js";
import type { RequestContext } from "../context.js";
import { handler } from "../handler.js";

type DescribeRequest = RequestOf<typeof DescribeTopicPartitions>;
type DescribeResponse = ResponseOf<typeof DescribeTopicPartitions>;
type TopicAnswer = DescribeResponse["topics"][number];

/**
 * DescribeTopicPartitions: partitions of topics by rising name, page by page (KIP-966). A page ends when it holds as many
 * partitions as the caller or the broker wants at most; the cursor says where the next one begins.
 */
export const describeTopicPartitions = handler(
  DescribeTopicPartitions,
  { from: 0, to: 0 },
  (broker, request, context) => {
    if (!isCursorValid(request)) {
      return { topics: request.topics.map(({ name }) => failed(name, errors.INVALID_REQUEST.code)) };
    }
    const names = namesFromCursor(request, context.image);
    const described = new Set(names.filter((name) => context.authorize("Describe", "Topic", name)));
    const limit = Math.min(request.responsePartitionLimit, broker.config.network.maxRequestPartitionSizeLimit);
    const page = describePage(request, context, [...described], Math.max(limit, 1));
    // Who names a topic is told that it may not see it; who asks for all is not told that it exists.
    const hidden = request.topics.length === 0 ? [] : names.filter((name) => !described.has(name));
    const refused = hidden.map((name) => ({
      ...failed(name, errors.TOPIC_AUTHORIZATION_FAILED.code),
      isInternal: false,
    }));
    return { ...page, topics: [...page.topics, ...refused] };
  },
);

/** The topic of the cursor must be one of those that are asked for. */
function isCursorValid({ topics, cursor }: DescribeRequest): boolean {
  if (cursor === null) return true;
  const isAsked = topics.length === 0 || topics.some(({ name }) => name === cursor.topicName);
  return isAsked && cursor.partitionIndex >= 0;
}

function namesFromCursor({ topics, cursor }: DescribeRequest, image: MetadataImage): readonly string[] {
  const asked = topics.length === 0 ? image.topicsByName.keys() : topics.map(({ name }) => name);
  const first = cursor?.topicName ?? "";
  return [...new Set(asked)].filter((name) => name >= first).sort();
}

function describePage(
  { topics, cursor }: DescribeRequest,
  context: RequestContext,
  names: readonly string[],
  limit: number,
): DescribeResponse {
  const answers: TopicAnswer[] = [];
  let left = limit;
  for (const name of names) {
    if (left === 0) return { topics: answers, nextCursor: { topicName: name, partitionIndex: 0 } };
    const topic = context.image.topicsByName.get(name);
    if (topic === undefined) {
      // One of all topics that is gone by now, being where the cursor points, is passed over.
      if (topics.length > 0) answers.push(withOperations(failed(name, missing(name)), context));
      continue;
    }
    const start = name === cursor?.topicName ? cursor.partitionIndex : 0;
    const end = Math.min(start + left, topic.partitions.length);
    answers.push(withOperations(describeTopic(topic, start, end, context.image), context));
    if (end < topic.partitions.length) return { topics: answers, nextCursor: { topicName: name, partitionIndex: end } };
    left -= Math.max(end - start, 0);
  }
  return { topics: answers, nextCursor: null };
}

function describeTopic(topic: TopicImage, start: number, end: number, image: MetadataImage): TopicAnswer {
  const partitions = topic.partitions
    .slice(start, end)
    .map((partition, i) => describePartition(partition, start + i, image));
  const isInternal = isInternalTopic(topic.name);
  return { errorCode: errors.NONE.code, name: topic.name, topicId: topic.id, isInternal, partitions };
}

function describePartition(partition: PartitionImage, partitionIndex: number, image: MetadataImage) {
  const isOffline = (replica: number) => image.brokers.get(replica)?.fenced !== false;
  return {
    errorCode: errors.NONE.code,
    partitionIndex,
    leaderId: partition.leader,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: partition.replicas,
    isrNodes: partition.isr,
    eligibleLeaderReplicas: partition.eligibleLeaderReplicas,
    lastKnownElr: partition.lastKnownElr,
    offlineReplicas: partition.replicas.filter(isOffline),
  };
}

function missing(name: string): ErrorCode {
  const isPossible = topicNameProblem(name) === null;
  return isPossible ? errors.UNKNOWN_TOPIC_OR_PARTITION.code : errors.INVALID_TOPIC_EXCEPTION.code;
}

function failed(name: string, errorCode: ErrorCode): TopicAnswer {
  return { errorCode, name, topicId: ZERO_UUID, isInternal: isInternalTopic(name), partitions: [] };
}

function withOperations(answer: TopicAnswer, context: RequestContext): TopicAnswer {
  return { ...answer, topicAuthorizedOperations: authorizedOperations(context, "Topic", answer.name ?? "") };
}
