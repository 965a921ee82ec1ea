/** Fields of the requests that the controller decides. They change only what no other request looks at. */
import {
  among,
  type Choice,
  nobody,
  partition,
  scratchTopic,
  scratchTopicToMake,
  scratchUser,
  topicName,
} from "./named-things.js";
import type { Scope } from "./scope.js";

const [ANY, TOPIC, BROKER, GROUP] = [1, 2, 4, 32];
const CONFIGS_RESOURCE = [TOPIC, TOPIC, BROKER, GROUP];

/** Which kind of thing a config is of; its name follows. */
function resourceType(scope: Scope): number {
  scope.resourceType = scope.isBroken() ? 77 : scope.pick(CONFIGS_RESOURCE);
  return scope.resourceType;
}

function resourceToAlter(scope: Scope): string {
  if (scope.resourceType === TOPIC) return scratchTopic(scope);
  if (scope.resourceType === GROUP) return scope.isBroken() ? "" : `${scope.world.prefix}-scratch-group`;
  scope.reachesOthers = true;
  return scope.isBroken() ? scope.pick(["99", "nonsense"]) : "1";
}

function resourceToDescribe(scope: Scope): string {
  if (scope.resourceType === BROKER) return scope.isBroken() ? scope.pick(["99", "nonsense"]) : "1";
  return scope.resourceType === GROUP ? nobody(scope) : topicName(scope);
}

const names: Readonly<Record<number, readonly string[]>> = {
  [TOPIC]: ["retention.ms", "cleanup.policy", "max.message.bytes", "compression.type"],
  [BROKER]: ["log.cleaner.threads", "max.connections", "background.threads"],
  [GROUP]: ["consumer.session.timeout.ms", "consumer.heartbeat.interval.ms"],
};

function configName(scope: Scope): string {
  const known = names[scope.resourceType] ?? names[TOPIC] ?? [];
  return scope.isBroken() ? scope.pick(["no.such.config", ""]) : scope.pick(known);
}

const configValue: Choice = (scope) =>
  scope.isBroken() ? scope.pick(["nonsense", "", "-7"]) : scope.pick(["50000", "50000", "compact", "gzip"]);

/** What reaches beyond this world is not done. */
const validateOnly: Choice = (scope) => scope.reachesOthers || scope.dice.chance(0.3);

/** A feature that is there is only asked about. Version 0 cannot only ask. */
function feature(scope: Scope): string {
  if (scope.isBroken() || scope.version === 0) return scope.pick(["no.such.feature", ""]);
  scope.reachesOthers = true;
  return scope.pick(["group.version", "transaction.version", "metadata.version"]);
}

export const controllerChoices: Readonly<Record<string, Choice>> = {
  "CreateTopics:topics.name": scratchTopicToMake,
  "CreateTopics:topics.numPartitions": among([1, 2, -1], [0, -2]),
  "CreateTopics:topics.replicationFactor": among([1, -1], [0, 3, -2]),
  "CreateTopics:configs.name": (scope) => {
    scope.resourceType = TOPIC;
    return configName(scope);
  },
  "DeleteTopics:topics.name": scratchTopic,
  "DeleteTopics:topics.topicId": among(["AAAAAAAAAAAAAAAAAAAAAA"], ["AAAAAAAAQACAAAAAAAAAAQ"]),
  topicNames: scratchTopic,
  "CreatePartitions:topics.name": scratchTopic,
  count: among([2, 3, 4], [0, -1, 1]),
  brokerIds: among([1], [2, -1]),
  replicas: among([1], [2, -1]),
  resourceType,
  resourceTypes: among([TOPIC, BROKER, GROUP, 16], [0, 77]),
  "resources.resourceName": resourceToAlter,
  "DescribeConfigs:resources.resourceName": resourceToDescribe,
  configurationKeys: configName,
  "configs.name": configName,
  "configs.value": configValue,
  configOperation: among([0, 1, 2, 3]),
  validateOnly,
  feature,
  maxVersionLevel: among([1, 2], [0, -1, 99]),
  upgradeType: among([1, 2], [3, 7]),
  electionType: among([0], [1]),
  "DeleteRecords:partitions.offset": among([-1, 0, 1], [-2, 99]),
  "DescribeQuorum:topicName": among(["__cluster_metadata"], ["another"]),
  "DescribeQuorum:partitions.partitionIndex": among([0], [1]),
  brokerId: among([99, -1]),
  voterId: among([2], [1, -1]),
  voterDirectoryId: among(["5Puwx3h6QUC-vauhNJuSaQ"]),
  clusterId: among([null], ["another-cluster"]),
  // An empty name ends the process of Apache Kafka 4.3.1.
  "listeners.name": among(["CONTROLLER"], ["OTHER"]),
  host: among(["localhost"]),
  port: among([9093]),
  endpointType: among([1], [2, 0, 9]),
  path: among(["/no/such/folder"], ["relative", ""]),
  resourceTypeFilter: among([ANY, TOPIC]),
  "creations.resourceType": among([TOPIC]),
  patternTypeFilter: among([1, 3, 4]),
  resourcePatternType: among([3, 4]),
  operation: among([3]),
  permissionType: among([3]),
  principal: among(["User:somebody"], ["nonsense"]),
  principalFilter: among(["User:somebody"], ["nonsense"]),
  "creations.resourceName": topicName,
  resourceNameFilter: topicName,
  hostFilter: among(["*"]),
  "creations.host": among(["*"], [""]),
  entityType: among(["user", "client-id"], ["nonsense", ""]),
  entityName: scratchUser,
  match: nobody,
  matchType: among([0], [1, 2, 9]),
  "ops.key": among(["consumer_byte_rate", "producer_byte_rate", "request_percentage"], ["nonsense", ""]),
  "ops.value": among([1000, 50], [-1, 0]),
  "deletions.name": scratchUser,
  "upsertions.name": scratchUser,
  "users.name": nobody,
  mechanism: among([1, 2], [0, 7]),
  iterations: among([4096, 8192], [1, 20_000]),
  "SaslHandshake:mechanism": among(["PLAIN", "SCRAM-SHA-256"], [""]),
  "AlterPartitionReassignments:partitions.partitionIndex": partition,
};
