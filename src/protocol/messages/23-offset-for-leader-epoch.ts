/**
 * OffsetForLeaderEpoch: where a leader epoch ends, so that a log or a position can be cut back to what is common.
 *
 * 0  the first (KIP-101)
 * 1  response: leader epoch (KIP-279)
 * 2  current leader epoch, for fencing; response: throttle time (KIP-320)
 * 3  replica id: consumers may ask as well (KIP-392)
 * 4  flexible
 *
 * Apache Kafka 4 serves 2 and later.
 */
import { array, int16, int32, offset, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const OffsetForLeaderEpoch = api({
  key: 23,
  name: "OffsetForLeaderEpoch",
  versions: "0-4",
  flexible: "4+",
  request: {
    replicaId: int32({ versions: "3+", default: -2, ignorable: true }),
    topics: array({
      topic: string(),
      partitions: array({
        partition: int32(),
        currentLeaderEpoch: int32({ versions: "2+", default: -1, ignorable: true }),
        leaderEpoch: int32(),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32({ versions: "2+", default: 0, ignorable: true }),
    topics: array({
      topic: string(),
      partitions: array({
        errorCode: int16(),
        partition: int32(),
        leaderEpoch: int32({ versions: "1+", default: -1, ignorable: true }),
        endOffset: offset({ default: -1 }),
      }),
    }),
  },
});
