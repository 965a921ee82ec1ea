import type { Broker } from "../../broker/broker.js";
import { isInternalTopic } from "../../broker/internal-topics.js";
import type { PartitionImage, TopicImage } from "../../metadata/image/image.js";
import { topicNameProblem } from "../../metadata/topic-names.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { Metadata } from "../../protocol/messages/03-metadata.js";
import type { RequestOf, ResponseOf } from "../../protocol/schema/message.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import { clusterResource } from "../../security/authorizer.js";
import { authorizedOperations, NOT_ASKED } from "../authorized-operations.js";
import type { RequestContext } from "../context.js";
import { handler } from "../handler.js";

type MetadataRequest = RequestOf<typeof Metadata>;
type AskedTopic = NonNullable<MetadataRequest["topics"]>[number];
type TopicAnswer = ResponseOf<typeof Metadata>["topics"][number];

const nothingCreated: ReadonlyMap<string, ErrorCode> = new Map();

/** Metadata: the live brokers at addresses that this caller can reach, and topics with their leaders. */
export const metadata = handler(Metadata, { from: 0, to: 13 }, async (broker, request, context) => {
  if (asksByIdTooEarly(request, context)) return refuseWhole(request);
  const missing = missingTopics(broker, request, context);
  const created = missing.length > 0 ? await broker.topicCreation.create(missing, context) : nothingCreated;
  // The newest image, not the context's: a topic that was just created is answered with its leader.
  const { image } = broker;
  const describe = (topic: TopicImage) => describeTopic(topic, broker, request, context);
  const topics = namesEveryTopic(request, context)
    ? [...image.topicsByName.values()].filter(({ name }) => context.authorize("Describe", "Topic", name)).map(describe)
    : eachOnce(request.topics ?? []).map((asked) => describeAsked(asked, created, broker, request, context));
  return {
    brokers: liveBrokers(broker, context),
    clusterId: broker.clusterId,
    // KIP-590: whoever is asked takes what is for the controller there, and hands it on.
    controllerId: broker.nodeId,
    topics,
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
      ? authorizedOperations(context, "Cluster", clusterResource)
      : NOT_ASKED,
    errorCode: errors.NONE.code,
  };
});

/** A request may name topics by id since version 12; versions 10 and 11 have the field, but not its meaning. */
function asksByIdTooEarly({ topics }: MetadataRequest, { apiVersion }: RequestContext): boolean {
  return apiVersion < 12 && (topics ?? []).some(({ name, topicId }) => name === null || topicId !== ZERO_UUID);
}

/** As in Apache Kafka, one such topic spoils the whole request. */
function refuseWhole({ topics }: MetadataRequest): ResponseOf<typeof Metadata> {
  const errorCode = errors.INVALID_REQUEST.code;
  const failed = (topics ?? []).map(({ name, topicId }) => ({
    ...{ errorCode, name: name ?? "", topicId, isInternal: false },
    partitions: [],
  }));
  return { brokers: [], clusterId: null, controllerId: -1, topics: failed, errorCode };
}

/** A topic that is asked for twice is described once. Where one has an id, names alone do not count. */
function eachOnce(given: readonly AskedTopic[]): readonly AskedTopic[] {
  const byId = given.filter(({ topicId }) => topicId !== ZERO_UUID);
  const topics = byId.length > 0 ? byId : given;
  const keyOf = ({ name, topicId }: AskedTopic) => (topicId === ZERO_UUID ? `name ${name}` : `id ${topicId}`);
  return [...new Map(topics.map((topic) => [keyOf(topic), topic])).values()];
}

/** Version 0 asks for all topics with an empty list, the others with null. */
function namesEveryTopic({ topics }: MetadataRequest, { apiVersion }: RequestContext): boolean {
  return topics === null || (apiVersion === 0 && topics.length === 0);
}

/** What is asked for by name, does not exist, and may be created for the asking. */
function missingTopics(broker: Broker, request: MetadataRequest, context: RequestContext): readonly string[] {
  if (!request.allowAutoTopicCreation || !broker.config.topics.autoCreateTopicsEnable) return [];
  const named = eachOnce(request.topics ?? []).flatMap(({ name, topicId }) =>
    name === null || topicId !== ZERO_UUID || topicNameProblem(name) !== null ? [] : [name],
  );
  return named.filter((name) => !broker.image.topicsByName.has(name) && mayCreate(name, context));
}

function mayCreate(name: string, context: RequestContext): boolean {
  return (
    context.authorize("Describe", "Topic", name) &&
    (context.authorize("Create", "Cluster", clusterResource) || context.authorize("Create", "Topic", name))
  );
}

function describeAsked(
  { name, topicId }: AskedTopic,
  created: ReadonlyMap<string, ErrorCode>,
  broker: Broker,
  request: MetadataRequest,
  context: RequestContext,
): TopicAnswer {
  const { topicsByName, topicsById } = broker.image;
  const isById = topicId !== ZERO_UUID || name === null;
  const topic = isById ? topicsById.get(topicId) : topicsByName.get(name);
  const knownName = topic?.name ?? (isById ? null : name);
  const failed = (errorCode: ErrorCode): TopicAnswer => ({
    ...{ errorCode, name: knownName, topicId, partitions: [] },
    isInternal: knownName !== null && isInternalTopic(knownName),
    topicAuthorizedOperations: operationsOn(knownName, request, context),
  });
  if (knownName === null) return failed(errors.UNKNOWN_TOPIC_ID.code);
  if (!context.authorize("Describe", "Topic", knownName)) return failed(errors.TOPIC_AUTHORIZATION_FAILED.code);
  if (topic !== undefined) return describeTopic(topic, broker, request, context);
  if (topicNameProblem(knownName) !== null) return failed(errors.INVALID_TOPIC_EXCEPTION.code);
  // A topic that was created and is not seen yet will be found by the next request.
  const why = created.get(knownName) ?? errors.UNKNOWN_TOPIC_OR_PARTITION.code;
  return failed(why === errors.NONE.code ? errors.LEADER_NOT_AVAILABLE.code : why);
}

function operationsOn(name: string | null, request: MetadataRequest, context: RequestContext): number {
  if (name === null || !request.includeTopicAuthorizedOperations) return NOT_ASKED;
  return authorizedOperations(context, "Topic", name);
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
    partitions: topic.partitions.map((partition, index) => describePartition(partition, index, broker, context)),
    topicAuthorizedOperations: operationsOn(topic.name, request, context),
  };
}

function describePartition(
  partition: PartitionImage,
  partitionIndex: number,
  { image }: Broker,
  { apiVersion }: RequestContext,
) {
  const isOffline = (replica: number) => image.brokers.get(replica)?.fenced !== false;
  const shown = apiVersion === 0 ? onlyOnline(partition, isOffline) : partition;
  return {
    errorCode: errorOf(partition, shown),
    partitionIndex,
    leaderId: partition.leader,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: shown.replicas,
    isrNodes: shown.isr,
    offlineReplicas: partition.replicas.filter(isOffline),
  };
}

type ShownReplicas = Pick<PartitionImage, "replicas" | "isr">;

/** Clients of version 0 look for every replica among the brokers: those that are away are not shown to them. */
function onlyOnline({ replicas, isr }: PartitionImage, isOffline: (replica: number) => boolean): ShownReplicas {
  const isOnline = (replica: number) => !isOffline(replica);
  return { replicas: replicas.filter(isOnline), isr: isr.filter(isOnline) };
}

function errorOf(partition: PartitionImage, { replicas }: ShownReplicas): ErrorCode {
  if (partition.leader < 0) return errors.LEADER_NOT_AVAILABLE.code;
  return replicas.length < partition.replicas.length ? errors.REPLICA_NOT_AVAILABLE.code : errors.NONE.code;
}

function liveBrokers(broker: Broker, context: RequestContext) {
  return [...broker.image.brokers.values()].flatMap(({ id, rack }) => {
    const address = context.endpointOf(id);
    return address === null ? [] : [{ nodeId: id, host: address.host, port: address.port, rack }];
  });
}
