/**
 * DeleteShareGroupState: forgets partitions of a share group; to the share coordinator (KIP-932).
 *
 * 0  the first
 */
import { array, int16, int32, string, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const DeleteShareGroupState = api({
  key: 86,
  name: "DeleteShareGroupState",
  versions: "0",
  flexible: "0+",
  request: { groupId: string(), topics: array({ topicId: uuid(), partitions: array({ partition: int32() }) }) },
  response: {
    results: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: "0+", default: null }),
      }),
    }),
  },
});
