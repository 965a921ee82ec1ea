import type { Broker } from "../../broker/broker.js";
import { isInternalTopic } from "../../broker/internal-topics.js";
import type { PartitionImage, TopicImage } from "../../metadata/image.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { Metadata } from "../../protocol/messages/03-metadata.js";
import type { RequestOf, ResponseOf } from "../../protocol/schema/message.js";
import { clusterResource } from "../../security/authorizer.js";
import { authorizedOperations, notAsked } from "../authorized-operations.js";
import type { RequestContext } from "../context.js";
import { handler } from "../handler.js";

type MetadataRequest = RequestOf<typeof Metadata>;
type TopicAnswer = ResponseOf<typeof Metadata>["topics"][number];

const nothingCreated: ReadonlyMap<string, ErrorCode> = new Map();
const zeroId = "AAAAAAAAAAAAAAAAAAAAAA";

/** Metadata: the live brokers at addresses that this caller can reach, and topics with their leaders. */
export const metadata = handler(Metadata, { from: 0, to: 13 }, async (broker, request, context) => {
  const missing = missingTopics(broker, request, context);
  const created = missing.length > 0 ? await broker.topicCreation.create(missing) : nothingCreated;
  // The newest image, not the context's: a topic that was just created is answered with its leader.
  const { image } = broker;
  const describe = (topic: TopicImage) => describeTopic(topic, broker, request, context);
  const topics = namesEveryTopic(request, context)
    ? [...image.topicsByName.values()].filter(({ name }) => context.authorize("Describe", "Topic", name)).map(describe)
    : (request.topics ?? []).map(({ name, topicId }) =>
        describeNamed(name, topicId, created, broker, request, context),
      );
  return {
    brokers: liveBrokers(broker, context),
    clusterId: broker.clusterId,
    controllerId: broker.nodeId,
    topics,
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
      ? authorizedOperations(context, "Cluster", clusterResource)
      : notAsked,
    errorCode: errors.NONE.code,
  };
});

/** Version 0 asks for all topics with an empty list, the others with null. */
function namesEveryTopic({ topics }: MetadataRequest, { apiVersion }: RequestContext): boolean {
  return topics === null || (apiVersion === 0 && topics.length === 0);
}

/** What is asked for by name, does not exist, and may be created for the asking. */
function missingTopics(broker: Broker, request: MetadataRequest, context: RequestContext): readonly string[] {
  if (!request.allowAutoTopicCreation || !broker.config.topics.autoCreateTopicsEnable) return [];
  const named = (request.topics ?? []).flatMap(({ name }) => (name === null ? [] : [name]));
  return named.filter((name) => !broker.image.topicsByName.has(name) && mayCreate(name, context));
}

function mayCreate(name: string, context: RequestContext): boolean {
  return (
    context.authorize("Describe", "Topic", name) &&
    (context.authorize("Create", "Cluster", clusterResource) || context.authorize("Create", "Topic", name))
  );
}

function describeNamed(
  name: string | null,
  topicId: string,
  created: ReadonlyMap<string, ErrorCode>,
  broker: Broker,
  request: MetadataRequest,
  context: RequestContext,
): TopicAnswer {
  const { topicsByName, topicsById } = broker.image;
  const topic = name === null ? topicsById.get(topicId) : topicsByName.get(name);
  const mayDescribe = context.authorize("Describe", "Topic", topic?.name ?? name ?? "");
  if (!mayDescribe) return failedTopic(name, topicId, errors.TOPIC_AUTHORIZATION_FAILED.code);
  if (topic !== undefined) return describeTopic(topic, broker, request, context);
  if (name === null) return failedTopic(null, topicId, errors.UNKNOWN_TOPIC_ID.code);
  // A topic that was created and is not seen yet will be found by the next request.
  const why = created.get(name) ?? errors.UNKNOWN_TOPIC_OR_PARTITION.code;
  return failedTopic(name, zeroId, why === errors.NONE.code ? errors.LEADER_NOT_AVAILABLE.code : why);
}

function failedTopic(name: string | null, topicId: string, errorCode: ErrorCode): TopicAnswer {
  return { errorCode, name, topicId, isInternal: name !== null && isInternalTopic(name), partitions: [] };
}

function describeTopic(
  topic: TopicImage,
  broker: Broker,
  request: MetadataRequest,
  context: RequestContext,
): TopicAnswer {
  return {
    errorCode: errors.NONE.code,
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternalTopic(topic.name),
    partitions: topic.partitions.map((partition, index) => describePartition(partition, index, broker)),
    topicAuthorizedOperations: request.includeTopicAuthorizedOperations
      ? authorizedOperations(context, "Topic", topic.name)
      : notAsked,
  };
}

function describePartition(partition: PartitionImage, partitionIndex: number, { image }: Broker) {
  const isOffline = (replica: number) => image.brokers.get(replica)?.fenced !== false;
  return {
    errorCode: partition.leader < 0 ? errors.LEADER_NOT_AVAILABLE.code : errors.NONE.code,
    partitionIndex,
    leaderId: partition.leader,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: partition.replicas,
    isrNodes: partition.isr,
    offlineReplicas: partition.replicas.filter(isOffline),
  };
}

function liveBrokers(broker: Broker, context: RequestContext) {
  return [...broker.image.brokers.values()].flatMap(({ id, rack }) => {
    const address = context.endpointOf(id);
    return address === null ? [] : [{ nodeId: id, host: address.host, port: address.port, rack }];
  });
}
