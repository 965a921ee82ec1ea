/**
 * Produce: appends record batches to partitions.
 *
 * 0  magic 0 batches
 * 1  response: throttle time
 * 2  magic 1 batches; response: append time (KIP-32)
 * 3  magic 2 batches and the transactional id (KIP-98)
 * 4  KAFKA_STORAGE_ERROR is a possible answer (KIP-112)
 * 5  response: log start offset
 * 6  the throttle is the client's to keep after the answer (KIP-219)
 * 7  zstd is allowed (KIP-110)
 * 8  response: which records spoiled the batch, and why (KIP-467)
 * 9  flexible
 * 10 response: current leader and its address (KIP-951)
 * 11 TRANSACTION_ABORTABLE is a possible answer (KIP-890)
 * 12 adds the partitions to the transaction by itself (KIP-890)
 * 13 topic ids in place of names (KIP-516)
 *
 * Apache Kafka 4 serves 3 and later, and still advertises 0 because librdkafka looks for it (KAFKA-18659).
 */
import { array, int16, int32, offset, records, string, struct, timestamp, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";
import { ZERO_UUID } from "../wire/zero-uuid.js";

export const Produce = api({
  key: 0,
  name: "Produce",
  versions: "0-13",
  flexible: "9+",
  request: {
    transactionalId: string({ versions: "3+", nullable: "3+", default: null }),
    acks: int16(),
    timeoutMs: int32(),
    topicData: array({
      name: string({ versions: "0-12", default: "", ignorable: true }),
      topicId: uuid({ versions: "13+", default: ZERO_UUID, ignorable: true }),
      partitionData: array({
        index: int32(),
        records: records({ nullable: "0+" }),
      }),
    }),
  },
  response: {
    responses: array({
      name: string({ versions: "0-12", ignorable: true }),
      topicId: uuid({ versions: "13+", ignorable: true }),
      partitionResponses: array({
        index: int32(),
        errorCode: int16(),
        baseOffset: offset(),
        logAppendTimeMs: timestamp({ versions: "2+", default: -1, ignorable: true }),
        logStartOffset: offset({ versions: "5+", default: -1, ignorable: true }),
        recordErrors: array(
          {
            batchIndex: int32(),
            batchIndexErrorMessage: string({ nullable: "8+", default: null }),
          },
          { versions: "8+", default: [], ignorable: true },
        ),
        errorMessage: string({ versions: "8+", nullable: "8+", default: null, ignorable: true }),
        currentLeader: struct(
          {
            leaderId: int32({ default: -1 }),
            leaderEpoch: int32({ default: -1 }),
          },
          { versions: "10+", tag: 0 },
        ),
      }),
    }),
    throttleTimeMs: int32({ versions: "1+", default: 0, ignorable: true }),
    nodeEndpoints: array(
      {
        nodeId: int32(),
        host: string(),
        port: int32(),
        rack: string({ nullable: "10+", default: null }),
      },
      { versions: "10+", tag: 0 },
    ),
  },
});
