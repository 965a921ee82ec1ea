/**
 * DeleteShareGroupOffsets: forgets topics of a share group (KIP-932).
 *
 * 0  the first
 */
import { array, int16, int32, string, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const DeleteShareGroupOffsets = api({
  key: 92,
  name: "DeleteShareGroupOffsets",
  versions: "0",
  flexible: "0+",
  request: { groupId: string(), topics: array({ topicName: string() }) },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null }),
    responses: array({
      topicName: string(),
      topicId: uuid(),
      errorCode: int16(),
      errorMessage: string({ nullable: "0+", default: null }),
    }),
  },
});
