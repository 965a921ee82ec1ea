/**
 * TxnOffsetCommit: stores how far a group has read, from the moment when the transaction is committed.
 *
 * 0  the first (KIP-98)
 * 1  the throttle is the client's to keep after the answer (KIP-219)
 * 2  leader epoch of the committed offset (KIP-320)
 * 3  flexible; the member of the group that commits (KIP-447)
 * 4  TRANSACTION_ABORTABLE is a possible answer (KIP-890)
 * 5  adds the offsets to the transaction by itself (KIP-890)
 */
import { array, id, int16, int32, offset, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const TxnOffsetCommit = api({
  key: 28,
  name: "TxnOffsetCommit",
  versions: "0-5",
  flexible: "3+",
  request: {
    transactionalId: string(),
    groupId: string(),
    producerId: id(),
    producerEpoch: int16(),
    generationId: int32({ versions: "3+", default: -1 }),
    memberId: string({ versions: "3+", default: "" }),
    groupInstanceId: string({ versions: "3+", nullable: "3+", default: null }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        committedOffset: offset(),
        committedLeaderEpoch: int32({ versions: "2+", default: -1, ignorable: true }),
        committedMetadata: string({ nullable: "0+" }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    topics: array({
      name: string(),
      partitions: array({ partitionIndex: int32(), errorCode: int16() }),
    }),
  },
});
