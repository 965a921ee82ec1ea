/**
 * ReadShareGroupStateSummary: how far a share group is, without the records in flight (KIP-932).
 *
 * 0  the first
 * 1  response: how many records behind the start are done with (KIP-1226)
 */
import { array, int16, int32, offset, string, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const ReadShareGroupStateSummary = api({
  key: 87,
  name: "ReadShareGroupStateSummary",
  versions: "0-1",
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
        leaderEpoch: int32(),
        startOffset: offset(),
        deliveryCompleteCount: int32({ versions: "1+", default: -1, ignorable: true }),
      }),
    }),
  },
});
