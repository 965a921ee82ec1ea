/**
 * ConsumerGroupDescribe: state, members and assignments of consumer groups (KIP-848).
 *
 * 0  the first
 * 1  response: whether a member uses the classic protocol (KIP-1099)
 */
import { array, bool, int8, int16, int32, string, struct, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

const assignment = struct({
  topicPartitions: array({ topicId: uuid(), topicName: string(), partitions: array(int32()) }),
});

export const ConsumerGroupDescribe = api({
  key: 69,
  name: "ConsumerGroupDescribe",
  versions: "0-1",
  flexible: "0+",
  request: {
    groupIds: array(string()),
    includeAuthorizedOperations: bool(),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    groups: array({
      errorCode: int16(),
      errorMessage: string({ nullable: "0+", default: null }),
      groupId: string(),
      groupState: string({ default: "" }),
      groupEpoch: int32({ default: 0 }),
      assignmentEpoch: int32({ default: 0 }),
      assignorName: string({ default: "" }),
      members: array({
        memberId: string(),
        instanceId: string({ nullable: "0+", default: null }),
        rackId: string({ nullable: "0+", default: null }),
        memberEpoch: int32(),
        clientId: string(),
        clientHost: string(),
        subscribedTopicNames: array(string()),
        subscribedTopicRegex: string({ nullable: "0+", default: null }),
        assignment,
        targetAssignment: assignment,
        memberType: int8({ versions: "1+", default: -1, ignorable: true }),
      }),
      authorizedOperations: int32({ default: -2147483648 }),
    }),
  },
});
