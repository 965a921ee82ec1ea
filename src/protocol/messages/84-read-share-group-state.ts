/**
 * ReadShareGroupState: the state of a share group's partitions, for the broker that begins to lead them (KIP-932).
 *
 * 0  the first
 */
import { array, int8, int16, int32, offset, string, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const ReadShareGroupState = api({
  key: 84,
  name: "ReadShareGroupState",
  versions: "0",
  flexible: "0+",
  request: {
    groupId: string(),
    topics: array({ topicId: uuid(), partitions: array({ partition: int32(), leaderEpoch: int32() }) }),
  },
  response: {
    results: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: "0+", default: null }),
        stateEpoch: int32(),
        startOffset: offset(),
        stateBatches: array({
          firstOffset: offset(),
          lastOffset: offset(),
          deliveryState: int8(),
          deliveryCount: int16(),
        }),
      }),
    }),
  },
});
