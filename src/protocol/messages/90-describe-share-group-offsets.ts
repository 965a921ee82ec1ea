/**
 * DescribeShareGroupOffsets: from where share groups go on reading (KIP-932).
 *
 * 0  the first
 * 1  response: the lag (KIP-1226)
 */
import { array, int16, int32, offset, quantity, string, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const DescribeShareGroupOffsets = api({
  key: 90,
  name: "DescribeShareGroupOffsets",
  versions: "0-1",
  flexible: "0+",
  request: {
    groups: array({
      groupId: string(),
      topics: array({ topicName: string(), partitions: array(int32()) }, { nullable: "0+" }),
    }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    groups: array({
      groupId: string(),
      topics: array({
        topicName: string(),
        topicId: uuid(),
        partitions: array({
          partitionIndex: int32(),
          startOffset: offset(),
          leaderEpoch: int32(),
          lag: quantity({ versions: "1+", default: -1, ignorable: true }),
          errorCode: int16(),
          errorMessage: string({ nullable: "0+", default: null }),
        }),
      }),
      errorCode: int16(),
      errorMessage: string({ nullable: "0+", default: null }),
    }),
  },
});
