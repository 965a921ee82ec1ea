/**
 * OffsetFetch: reads back how far a group has read.
 *
 * 0  offsets that Apache Kafka kept in ZooKeeper
 * 1  offsets from a topic
 * 2  null asks for all topics; response: an error for the whole (KIP-88)
 * 3  response: throttle time
 * 4  the throttle is the client's to keep after the answer (KIP-219)
 * 5  response: leader epochs (KIP-320)
 * 6  flexible
 * 7  only offsets that no open transaction may change (KIP-447)
 * 8  several groups at once, in fields of their own (KIP-709)
 * 9  member id and epoch of the new consumer protocol (KIP-848)
 * 10 topic ids in place of names (KIP-848)
 *
 * Apache Kafka 4 serves 1 and later.
 */
import { array, bool, int16, int32, offset, string, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";
import { ZERO_UUID } from "../wire/zero-uuid.js";

export const OffsetFetch = api({
  key: 9,
  name: "OffsetFetch",
  versions: "0-10",
  flexible: "6+",
  request: {
    groupId: string({ versions: "0-7", default: "" }),
    topics: array(
      {
        name: string(),
        partitionIndexes: array(int32()),
      },
      { versions: "0-7", nullable: "2-7", default: [] },
    ),
    groups: array(
      {
        groupId: string(),
        memberId: string({ versions: "9+", nullable: "9+", default: null, ignorable: true }),
        memberEpoch: int32({ versions: "9+", default: -1, ignorable: true }),
        topics: array(
          {
            name: string({ versions: "8-9", default: "", ignorable: true }),
            topicId: uuid({ versions: "10+", default: ZERO_UUID, ignorable: true }),
            partitionIndexes: array(int32()),
          },
          { nullable: "8+" },
        ),
      },
      { versions: "8+", default: [] },
    ),
    requireStable: bool({ versions: "7+", default: false }),
  },
  response: {
    throttleTimeMs: int32({ versions: "3+", default: 0, ignorable: true }),
    topics: array(
      {
        name: string(),
        partitions: array({
          partitionIndex: int32(),
          committedOffset: offset(),
          committedLeaderEpoch: int32({ versions: "5-7", default: -1, ignorable: true }),
          metadata: string({ nullable: "0-7" }),
          errorCode: int16(),
        }),
      },
      { versions: "0-7", default: [] },
    ),
    errorCode: int16({ versions: "2-7", default: 0, ignorable: true }),
    groups: array(
      {
        groupId: string(),
        topics: array({
          name: string({ versions: "8-9", ignorable: true }),
          topicId: uuid({ versions: "10+", ignorable: true }),
          partitions: array({
            partitionIndex: int32(),
            committedOffset: offset(),
            committedLeaderEpoch: int32({ default: -1, ignorable: true }),
            metadata: string({ nullable: "8+" }),
            errorCode: int16(),
          }),
        }),
        errorCode: int16({ default: 0 }),
      },
      { versions: "8+", default: [] },
    ),
  },
});
