/**
 * ShareFetch: reads records for a share group, and acknowledges earlier ones on the way (KIP-932).
 *
 * 1  the first in a release; 0 was for early access
 * 2  whether the limit on records may be exceeded by a batch (KIP-1206); renewal of locks (KIP-1222)
 */
import { array, bool, int8, int16, int32, offset, records, string, struct, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const ShareFetch = api({
  key: 78,
  name: "ShareFetch",
  versions: "1-2",
  flexible: "0+",
  request: {
    groupId: string({ nullable: "0+", default: null }),
    memberId: string({ nullable: "0+" }),
    shareSessionEpoch: int32(),
    maxWaitMs: int32(),
    minBytes: int32(),
    maxBytes: int32({ default: 2147483647 }),
    maxRecords: int32(),
    batchSize: int32(),
    shareAcquireMode: int8({ versions: "2+", default: 0, ignorable: true }),
    isRenewAck: bool({ versions: "2+", default: false }),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partitionIndex: int32(),
        // Of the version for early access, which is gone.
        partitionMaxBytes: int32({ versions: "0" }),
        acknowledgementBatches: array({ firstOffset: offset(), lastOffset: offset(), acknowledgeTypes: array(int8()) }),
      }),
    }),
    forgottenTopicsData: array({ topicId: uuid(), partitions: array(int32()) }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null }),
    acquisitionLockTimeoutMs: int32(),
    responses: array({
      topicId: uuid(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: "0+", default: null }),
        acknowledgeErrorCode: int16(),
        acknowledgeErrorMessage: string({ nullable: "0+", default: null }),
        currentLeader: struct({ leaderId: int32(), leaderEpoch: int32() }),
        records: records(),
        acquiredRecords: array({ firstOffset: offset(), lastOffset: offset(), deliveryCount: int16() }),
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
