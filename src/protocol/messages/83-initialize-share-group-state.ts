/**
 * InitializeShareGroupState: makes the state of partitions that a share group begins to read; to the share
 * coordinator (KIP-932).
 *
 * 0  the first
 */
import { array, int16, int32, offset, string, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const InitializeShareGroupState = api({
  key: 83,
  name: "InitializeShareGroupState",
  versions: "0",
  flexible: "0+",
  request: {
    groupId: string(),
    topics: array({
      topicId: uuid(),
      partitions: array({ partition: int32(), stateEpoch: int32(), startOffset: offset() }),
    }),
  },
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
