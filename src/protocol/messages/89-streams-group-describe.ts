/**
 * StreamsGroupDescribe: state, topology, members and tasks of streams groups (KIP-1071).
 *
 * 0  the first
 */
import { array, bool, int16, int32, offset, string, struct, uint16 } from "../schema/fields.js";
import { api } from "../schema/message.js";

const taskOffset = { subtopologyId: string(), partition: int32(), offset: offset() };

const taskIds = { subtopologyId: string(), partitions: array(int32()) };

const assignment = { activeTasks: array(taskIds), standbyTasks: array(taskIds), warmupTasks: array(taskIds) };

const keyValue = { key: string(), value: string() };

const topicInfo = { name: string(), partitions: int32(), replicationFactor: int16(), topicConfigs: array(keyValue) };

export const StreamsGroupDescribe = api({
  key: 89,
  name: "StreamsGroupDescribe",
  versions: "0",
  flexible: "0+",
  request: { groupIds: array(string()), includeAuthorizedOperations: bool() },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    groups: array({
      errorCode: int16(),
      errorMessage: string({ nullable: "0+", default: null }),
      groupId: string(),
      groupState: string(),
      groupEpoch: int32(),
      assignmentEpoch: int32(),
      topology: struct(
        {
          epoch: int32(),
          subtopologies: array(
            {
              subtopologyId: string(),
              sourceTopics: array(string()),
              repartitionSinkTopics: array(string()),
              stateChangelogTopics: array(topicInfo),
              repartitionSourceTopics: array(topicInfo),
            },
            { nullable: "0+", default: null },
          ),
        },
        { nullable: "0+", default: null },
      ),
      members: array({
        memberId: string(),
        memberEpoch: int32(),
        instanceId: string({ nullable: "0+", default: null }),
        rackId: string({ nullable: "0+", default: null }),
        clientId: string(),
        clientHost: string(),
        topologyEpoch: int32(),
        processId: string(),
        userEndpoint: struct({ host: string(), port: uint16() }, { nullable: "0+", default: null }),
        clientTags: array(keyValue),
        taskOffsets: array(taskOffset),
        taskEndOffsets: array(taskOffset),
        assignment: struct(assignment),
        targetAssignment: struct(assignment),
        isClassic: bool(),
      }),
      authorizedOperations: int32({ default: -2147483648 }),
    }),
  },
});
