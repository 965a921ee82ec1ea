/**
 * OffsetCommit: stores how far a group has read.
 *
 * 0  offsets that Apache Kafka kept in ZooKeeper
 * 1  offsets in a topic; generation, member, a timestamp of the commit
 * 2  a retention time in place of the timestamp
 * 3  response: throttle time
 * 4  the throttle is the client's to keep after the answer (KIP-219)
 * 5  no retention time: the broker decides (KIP-211)
 * 6  leader epoch of the committed offset (KIP-320)
 * 7  static members (KIP-345)
 * 8  flexible
 * 9  members of the new consumer protocol: the generation is a member epoch (KIP-848)
 * 10 topic ids in place of names (KIP-848)
 *
 * Apache Kafka 4 serves 2 and later.
 */
import { array, int16, int32, offset, quantity, string, timestamp, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";
import { ZERO_UUID } from "../wire/zero-uuid.js";

export const OffsetCommit = api({
  key: 8,
  name: "OffsetCommit",
  versions: "0-10",
  flexible: "8+",
  request: {
    groupId: string(),
    generationIdOrMemberEpoch: int32({ versions: "1+", default: -1, ignorable: true }),
    memberId: string({ versions: "1+", default: "", ignorable: true }),
    groupInstanceId: string({ versions: "7+", nullable: "7+", default: null }),
    retentionTimeMs: quantity({ versions: "2-4", default: -1, ignorable: true }),
    topics: array({
      name: string({ versions: "0-9", default: "", ignorable: true }),
      topicId: uuid({ versions: "10+", default: ZERO_UUID, ignorable: true }),
      partitions: array({
        partitionIndex: int32(),
        committedOffset: offset(),
        committedLeaderEpoch: int32({ versions: "6+", default: -1, ignorable: true }),
        commitTimestamp: timestamp({ versions: "1", default: -1 }),
        committedMetadata: string({ nullable: "0+" }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32({ versions: "3+", default: 0, ignorable: true }),
    topics: array({
      name: string({ versions: "0-9", ignorable: true }),
      topicId: uuid({ versions: "10+", ignorable: true }),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
      }),
    }),
  },
});
