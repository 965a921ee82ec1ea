/**
 * What stands in the fields of generated requests, by name. A name may be said with its owner (`topics.name`) and with
 * its API (`CreateTopics:topics.name`); the longest that fits is taken.
 */
import { subscriptionTo, TIMESTAMP_MS } from "../differential/requests.js";
import { controllerChoices } from "./controller-choices.js";
import {
  among,
  type Choice,
  generation,
  groupId,
  memberId,
  nobody,
  partition,
  producerEpoch,
  producerId,
  topicId,
  topicIdToFetch,
  topicName,
  topicToShow,
  transactionalId,
} from "./named-things.js";
import { recordsToProduce, transactionOfProduce } from "./records-to-produce.js";
import type { Scope } from "./scope.js";

const text = (...texts: readonly string[]): Choice => among(texts.map((one) => Buffer.from(one)));

/** Two coordinators are asked for by one field. */
const coordinatorKey: Choice = (scope) => (scope.isBroken() ? "" : scope.group.groupId);

/** A new session, none, or the one that is open. */
function fetchSessionId({ world, dice }: Scope): number {
  return dice.chance(0.5) ? world.fetchSession.id : 0;
}

function fetchSessionEpoch(scope: Scope): number {
  const { world, dice } = scope;
  return scope.isBroken() ? scope.pick([5, -2]) : dice.chance(0.5) ? world.fetchSession.epoch : scope.pick([-1, 0]);
}

/** Who reads little may get a torn batch from Apache Kafka, and is told if it was aborted: it reads what is not committed. */
function fetchMaxBytes(scope: Scope): number {
  scope.readsLittle = scope.dice.chance(0.5);
  return scope.readsLittle ? scope.pick([300, 0]) : 50_000_000;
}

function isolationLevel(scope: Scope): number {
  scope.isReadCommitted = !scope.readsLittle && scope.dice.chance(0.5);
  return scope.isReadCommitted ? 1 : 0;
}

function partitionMaxBytes(scope: Scope): number {
  return scope.isReadCommitted ? 1_000_000 : scope.pick([1_000_000, 200, 0]);
}

/** KIP-848: from version 1 on a member names itself. */
function consumerMemberId(scope: Scope): string {
  if (scope.isBroken()) return scope.pick(["", "stranger"]);
  return scope.group.memberId === "" && scope.version >= 1 ? `${scope.group.groupId}-member` : scope.group.memberId;
}

function consumerMemberEpoch(scope: Scope): number {
  const { generation: epoch } = scope.group;
  return scope.isBroken() ? scope.pick([-1, -2, epoch + 1, epoch - 1]) : Math.max(0, epoch);
}

const topicNameFields = [
  ...["topics.name", "topics.topic", "topicData.name", "forgottenTopicsData.topic", "topicPartitions.topic"],
  ...["v3AndBelowTopics.name", "cursor.topicName", "subscribedTopicNames"],
];
const partitionFields = ["partitionIndex", "partition", "partitionData.index", "partitions", "partitionIndexes"];

const choices: Readonly<Record<string, Choice>> = {
  ...Object.fromEntries(topicNameFields.map((name) => [name, topicName])),
  ...Object.fromEntries(partitionFields.map((name) => [name, partition])),
  topicId,
  "Fetch:topicId": topicIdToFetch,
  groupId,
  memberId,
  producerId,
  producerEpoch,
  transactionalId,
  // Without a name the group is everybody's.
  "OffsetCommit:groupId": (scope) => (scope.isBroken() ? nobody(scope) : scope.group.groupId),
  groups: groupId,
  groupIds: groupId,
  groupsNames: groupId,
  generationId: generation,
  generationIdOrMemberEpoch: generation,
  memberEpoch: generation,
  transactionalIds: transactionalId,
  v3AndBelowTransactionalId: transactionalId,
  v3AndBelowProducerId: producerId,
  v3AndBelowProducerEpoch: producerEpoch,
  producerIdFilters: producerId,
  // A second member would wait for the first.
  "JoinGroup:memberId": ({ group }) => group.memberId,
  "Metadata:topics.name": topicToShow,
  allowAutoTopicCreation: () => false,
  "Produce:transactionalId": transactionOfProduce,
  "InitProducerId:transactionalId": transactionalId,
  transactionTimeoutMs: among([60_000], [0, -1, 900_001]),
  "InitProducerId:producerId": (scope) => (scope.dice.chance(0.7) ? -1 : producerId(scope)),
  "InitProducerId:producerEpoch": (scope) => (scope.dice.chance(0.7) ? -1 : producerEpoch(scope)),
  acks: among([-1, -1, 1], [2, -2]),
  timeoutMs: among([5000]),
  records: recordsToProduce,
  "Fetch:clusterId": among([null]),
  replicaId: among([-1]),
  maxWaitMs: among([0, 5]),
  minBytes: among([0, 1]),
  maxBytes: fetchMaxBytes,
  isolationLevel,
  partitionMaxBytes,
  sessionId: fetchSessionId,
  sessionEpoch: fetchSessionEpoch,
  fetchOffset: among([0, 0, 1, 2], [-1, 99]),
  lastFetchedEpoch: among([-1, -1, 0], [5]),
  logStartOffset: among([-1]),
  highWatermark: among([9223372036854775807n]),
  replicaDirectoryId: among(["AAAAAAAAAAAAAAAAAAAAAA"]),
  rackId: among([""]),
  currentLeaderEpoch: among([-1, -1, 0], [7]),
  leaderEpoch: among([0], [1, -1]),
  timestamp: among([-1, -2, -3, TIMESTAMP_MS, TIMESTAMP_MS + 1], [-99, -4, -5, -6, TIMESTAMP_MS + 5000]),
  committedOffset: among([0, 1, 42], [-1, -2]),
  committedLeaderEpoch: among([-1, 0]),
  committedMetadata: among(["", "some metadata"]),
  retentionTimeMs: among([-1]),
  requireStable: (scope) => scope.dice.chance(0.2),
  key: coordinatorKey,
  coordinatorKeys: coordinatorKey,
  keyType: among([0, 1], [2, 9]),
  sessionTimeoutMs: among([30_000], [0, 5]),
  rebalanceTimeoutMs: among([30_000]),
  groupInstanceId: among([null]),
  instanceId: among([null]),
  protocolType: among(["consumer"], ["", "another"]),
  protocolName: among(["range"], ["", "another"]),
  "protocols.name": among(["range", "range", "roundrobin"], [""]),
  // Apache Kafka reads it, and does not answer when it cannot.
  "protocols.metadata": ({ world }) => subscriptionTo(world.topics[0] ?? "", "range"),
  assignment: text("assignment"),
  statesFilter: among(["Stable", "Empty"], ["nonsense"]),
  typesFilter: among(["classic", "consumer"], ["nonsense"]),
  stateFilters: among(["Ongoing", "Empty", "CompleteCommit"], ["nonsense"]),
  durationFilter: among([-1, 0]),
  transactionalIdPattern: ({ world }) => `${world.prefix}.*`,
  clientSoftwareName: among(["samsa-tests"], ["with space", ""]),
  clientSoftwareVersion: among(["1.0"], ["-"]),
  // A producer that is none is an uncaught exception in Apache Kafka, after half of the work.
  "markers.producerId": (scope) => Math.max(0, producerId(scope)),
  "markers.producerEpoch": (scope) => Math.max(0, producerEpoch(scope)),
  coordinatorEpoch: among([0]),
  transactionVersion: among([0, 1, 2]),
  responsePartitionLimit: among([2000, 1], [0]),
  "ConsumerGroupHeartbeat:memberId": consumerMemberId,
  "ConsumerGroupHeartbeat:memberEpoch": consumerMemberEpoch,
  "ConsumerGroupHeartbeat:rebalanceTimeoutMs": among([30_000], [-1]),
  serverAssignor: among(["range", "uniform"], ["nonsense"]),
  subscribedTopicRegex: among([null]),
  salt: text("salt"),
  saltedPassword: text("a salted password"),
  hmac: text("no token"),
  authBytes: text("nothing"),
  ...controllerChoices,
};

/** Lists and texts whose null means everything there is, or everybody, or hangs Apache Kafka. */
const neverNull = new Set([
  ...["Produce:records", "DescribeUserScramCredentials:users", "DescribeLogDirs:topics"],
  // A quota of everybody slows down everybody.
  ...["DescribeConfigs:configurationKeys", "AlterClientQuotas:entityName"],
]);

export function choiceFor(api: string, owner: string, name: string): Choice | undefined {
  return (
    choices[`${api}:${owner}.${name}`] ?? choices[`${api}:${name}`] ?? choices[`${owner}.${name}`] ?? choices[name]
  );
}

export function mayBeNull(api: string, name: string): boolean {
  return !neverNull.has(`${api}:${name}`);
}
