/**
 * ShareGroupHeartbeat: a member of a share group joins, lives, learns its assignment and leaves (KIP-932).
 *
 * 1  the first in a release; 0 was for early access
 */
import { array, int16, int32, string, struct, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const ShareGroupHeartbeat = api({
  key: 76,
  name: "ShareGroupHeartbeat",
  versions: "1",
  flexible: "0+",
  request: {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    rackId: string({ nullable: "0+", default: null }),
    subscribedTopicNames: array(string(), { nullable: "0+", default: null }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null }),
    memberId: string({ nullable: "0+", default: null }),
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    assignment: struct(
      { topicPartitions: array({ topicId: uuid(), partitions: array(int32()) }) },
      { nullable: "0+", default: null },
    ),
  },
});
