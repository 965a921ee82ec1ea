/**
 * ShareAcknowledge: says what became of the records that a member of a share group was given (KIP-932).
 *
 * 1  the first in a release; 0 was for early access
 * 2  renewal of locks (KIP-1222)
 */
import { array, bool, int8, int16, int32, offset, string, struct, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const ShareAcknowledge = api({
  key: 79,
  name: "ShareAcknowledge",
  versions: "1-2",
  flexible: "0+",
  request: {
    groupId: string({ nullable: "0+", default: null }),
    memberId: string({ nullable: "0+" }),
    shareSessionEpoch: int32(),
    isRenewAck: bool({ versions: "2+", default: false }),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partitionIndex: int32(),
        acknowledgementBatches: array({ firstOffset: offset(), lastOffset: offset(), acknowledgeTypes: array(int8()) }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null }),
    acquisitionLockTimeoutMs: int32({ versions: "2+", ignorable: true }),
    responses: array({
      topicId: uuid(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: "0+", default: null }),
        currentLeader: struct({ leaderId: int32(), leaderEpoch: int32() }),
      }),
    }),
    nodeEndpoints: array({
      nodeId: int32(),
      host: string(),
      port: int32(),
      rack: string({ nullable: "0+", default: null }),
    }),
  },
});
