/**
 * AlterShareGroupOffsets: sets from where a share group without members goes on reading (KIP-932).
 *
 * 0  the first
 */
import { array, int16, int32, offset, string, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const AlterShareGroupOffsets = api({
  key: 91,
  name: "AlterShareGroupOffsets",
  versions: "0",
  flexible: "0+",
  request: {
    groupId: string(),
    topics: array({ topicName: string(), partitions: array({ partitionIndex: int32(), startOffset: offset() }) }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null }),
    responses: array({
      topicName: string(),
      topicId: uuid(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: "0+", default: null }),
      }),
    }),
  },
});
