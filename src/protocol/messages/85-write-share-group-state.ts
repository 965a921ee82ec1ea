/**
 * WriteShareGroupState: writes down what became of records that a share group was given; to the share
 * coordinator (KIP-932).
 *
 * 0  the first
 * 1  how many records behind the start are done with (KIP-1226)
 */
import { array, int8, int16, int32, offset, string, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const WriteShareGroupState = api({
  key: 85,
  name: "WriteShareGroupState",
  versions: "0-1",
  flexible: "0+",
  request: {
    groupId: string(),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        stateEpoch: int32(),
        leaderEpoch: int32(),
        startOffset: offset(),
        deliveryCompleteCount: int32({ versions: "1+", default: -1, ignorable: true }),
        stateBatches: array({
          firstOffset: offset(),
          lastOffset: offset(),
          deliveryState: int8(),
          deliveryCount: int16(),
        }),
      }),
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
