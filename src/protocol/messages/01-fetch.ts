/**
 * Fetch: reads record batches; consumers and followers both use it.
 *
 * 0  the first
 * 1  response: throttle time
 * 2  magic 1 batches may come (KIP-32)
 * 3  a limit for the whole response; the order of the partitions counts (KIP-74)
 * 4  isolation level, last stable offset, aborted transactions, magic 2 (KIP-98)
 * 5  log start offsets in both directions (KIP-107)
 * 6  KAFKA_STORAGE_ERROR is a possible answer (KIP-112)
 * 7  sessions: only what changed is sent (KIP-227)
 * 8  the throttle is the client's to keep after the answer (KIP-219)
 * 9  current leader epoch, for fencing (KIP-320)
 * 10 zstd batches may come (KIP-110)
 * 11 the consumer's rack and a preferred replica (KIP-392)
 * 12 flexible; last fetched epoch, and a diverging epoch in the answer (KIP-595)
 * 13 topic ids in place of names (KIP-516)
 * 14 OFFSET_MOVED_TO_TIERED_STORAGE is a possible answer (KIP-405)
 * 15 the follower's id and epoch in one tagged field (KIP-903)
 * 16 response: addresses of the leaders it names (KIP-951)
 * 17 the follower's log directory (KIP-853)
 * 18 the follower's high watermark (KIP-1166)
 *
 * Apache Kafka 4 serves 4 and later.
 */
import { array, id, int8, int16, int32, int64, offset, records, string, struct, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";
import { ZERO_UUID } from "../wire/zero-uuid.js";

export const Fetch = api({
  key: 1,
  name: "Fetch",
  versions: "0-18",
  flexible: "12+",
  request: {
    clusterId: string({ versions: "12+", nullable: "12+", default: null, tag: 0, ignorable: true }),
    replicaId: int32({ versions: "0-14", default: -1 }),
    replicaState: struct(
      {
        replicaId: int32({ default: -1 }),
        replicaEpoch: id({ default: -1 }),
      },
      { versions: "15+", tag: 1 },
    ),
    maxWaitMs: int32(),
    minBytes: int32(),
    maxBytes: int32({ versions: "3+", default: 2147483647, ignorable: true }),
    isolationLevel: int8({ versions: "4+", default: 0, ignorable: true }),
    sessionId: int32({ versions: "7+", default: 0, ignorable: true }),
    sessionEpoch: int32({ versions: "7+", default: -1, ignorable: true }),
    topics: array({
      topic: string({ versions: "0-12", default: "", ignorable: true }),
      topicId: uuid({ versions: "13+", default: ZERO_UUID, ignorable: true }),
      partitions: array({
        partition: int32(),
        currentLeaderEpoch: int32({ versions: "9+", default: -1, ignorable: true }),
        fetchOffset: offset(),
        lastFetchedEpoch: int32({ versions: "12+", default: -1 }),
        logStartOffset: offset({ versions: "5+", default: -1, ignorable: true }),
        partitionMaxBytes: int32(),
        replicaDirectoryId: uuid({ versions: "17+", tag: 0, ignorable: true }),
        highWatermark: int64({ versions: "18+", default: 9223372036854775807n, tag: 1, ignorable: true }),
      }),
    }),
    forgottenTopicsData: array(
      {
        topic: string({ versions: "7-12", default: "", ignorable: true }),
        topicId: uuid({ versions: "13+", default: ZERO_UUID, ignorable: true }),
        partitions: array(int32()),
      },
      { versions: "7+", default: [] },
    ),
    rackId: string({ versions: "11+", default: "", ignorable: true }),
  },
  response: {
    throttleTimeMs: int32({ versions: "1+", default: 0, ignorable: true }),
    errorCode: int16({ versions: "7+", ignorable: true }),
    sessionId: int32({ versions: "7+", default: 0 }),
    responses: array({
      topic: string({ versions: "0-12", ignorable: true }),
      topicId: uuid({ versions: "13+", ignorable: true }),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        highWatermark: offset(),
        lastStableOffset: offset({ versions: "4+", default: -1, ignorable: true }),
        logStartOffset: offset({ versions: "5+", default: -1, ignorable: true }),
        divergingEpoch: struct(
          {
            epoch: int32({ default: -1 }),
            endOffset: offset({ default: -1 }),
          },
          { versions: "12+", tag: 0 },
        ),
        currentLeader: struct(
          {
            leaderId: int32({ default: -1 }),
            leaderEpoch: int32({ default: -1 }),
          },
          { versions: "12+", tag: 1 },
        ),
        snapshotId: struct(
          {
            endOffset: offset({ default: -1 }),
            epoch: int32({ default: -1 }),
          },
          { versions: "12+", tag: 2 },
        ),
        abortedTransactions: array(
          {
            producerId: id(),
            firstOffset: offset(),
          },
          { versions: "4+", nullable: "4+", ignorable: true },
        ),
        preferredReadReplica: int32({ versions: "11+", default: -1 }),
        records: records({ nullable: "0+" }),
      }),
    }),
    nodeEndpoints: array(
      {
        nodeId: int32(),
        host: string(),
        port: int32(),
        rack: string({ nullable: "16+", default: null }),
      },
      { versions: "16+", tag: 0 },
    ),
  },
});
