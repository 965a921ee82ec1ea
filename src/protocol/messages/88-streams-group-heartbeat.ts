/**
 * StreamsGroupHeartbeat: a member of a streams group joins, tells its topology and its tasks, and leaves (KIP-1071).
 *
 * 0  the first
 */
import { array, bool, int8, int16, int32, offset, string, struct, uint16 } from "../schema/fields.js";
import { api } from "../schema/message.js";

const keyValue = { key: string(), value: string() };

const topicInfo = { name: string(), partitions: int32(), replicationFactor: int16(), topicConfigs: array(keyValue) };

const taskOffset = { subtopologyId: string(), partition: int32(), offset: offset() };

const taskIds = { subtopologyId: string(), partitions: array(int32()) };

const topicPartition = { topic: string(), partitions: array(int32()) };

export const StreamsGroupHeartbeat = api({
  key: 88,
  name: "StreamsGroupHeartbeat",
  versions: "0",
  flexible: "0+",
  request: {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    endpointInformationEpoch: int32(),
    instanceId: string({ nullable: "0+", default: null }),
    rackId: string({ nullable: "0+", default: null }),
    rebalanceTimeoutMs: int32({ default: -1 }),
    topology: struct(
      {
        epoch: int32(),
        subtopologies: array({
          subtopologyId: string(),
          sourceTopics: array(string()),
          sourceTopicRegex: array(string()),
          stateChangelogTopics: array(topicInfo),
          repartitionSinkTopics: array(string()),
          repartitionSourceTopics: array(topicInfo),
          copartitionGroups: array({
            sourceTopics: array(int16()),
            sourceTopicRegex: array(int16()),
            repartitionSourceTopics: array(int16()),
          }),
        }),
      },
      { nullable: "0+", default: null },
    ),
    activeTasks: array(taskIds, { nullable: "0+", default: null }),
    standbyTasks: array(taskIds, { nullable: "0+", default: null }),
    warmupTasks: array(taskIds, { nullable: "0+", default: null }),
    processId: string({ nullable: "0+", default: null }),
    userEndpoint: struct({ host: string(), port: uint16() }, { nullable: "0+", default: null }),
    clientTags: array(keyValue, { nullable: "0+", default: null }),
    taskOffsets: array(taskOffset, { nullable: "0+", default: null }),
    taskEndOffsets: array(taskOffset, { nullable: "0+", default: null }),
    shutdownApplication: bool({ default: false }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null }),
    memberId: string(),
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    acceptableRecoveryLag: int32(),
    taskOffsetIntervalMs: int32(),
    status: array({ statusCode: int8(), statusDetail: string() }, { nullable: "0+" }),
    activeTasks: array(taskIds, { nullable: "0+", default: null }),
    standbyTasks: array(taskIds, { nullable: "0+", default: null }),
    warmupTasks: array(taskIds, { nullable: "0+", default: null }),
    endpointInformationEpoch: int32(),
    partitionsByUserEndpoint: array(
      {
        userEndpoint: struct({ host: string(), port: uint16() }),
        activePartitions: array(topicPartition),
        standbyPartitions: array(topicPartition),
      },
      { nullable: "0+", default: null },
    ),
  },
});
