/**
 * One transactional id in `__transaction_state`: the id is the key, so that compaction keeps its latest state.
 * Version 1 of the value is flexible and has the fields of KIP-890 as tags.
 */
import { array, id, int8, int16, int32, string, timestamp } from "../../protocol/schema/fields.js";
import { message } from "../../protocol/schema/message.js";

export const TransactionLogKey = message({
  name: "TransactionLogKey",
  versions: "0",
  flexible: "none",
  fields: { transactionalId: string() },
});

export const TransactionLogValue = message({
  name: "TransactionLogValue",
  versions: "0-1",
  flexible: "1+",
  fields: {
    producerId: id(),
    previousProducerId: id({ versions: "1+", taggedVersions: "1+", tag: 0, default: -1 }),
    nextProducerId: id({ versions: "1+", taggedVersions: "1+", tag: 1, default: -1 }),
    producerEpoch: int16(),
    /** Reserved for two-phase commit (KIP-939); Apache Kafka 4.3 does not write it. */
    nextProducerEpoch: int16({ versions: "1+", taggedVersions: "1+", tag: 3, default: -1 }),
    transactionTimeoutMs: int32(),
    transactionStatus: int8(),
    transactionPartitions: array({ topic: string(), partitionIds: array(int32()) }, { nullable: "0+" }),
    transactionLastUpdateTimestampMs: timestamp(),
    transactionStartTimestampMs: timestamp(),
    clientTransactionVersion: int16({ versions: "1+", taggedVersions: "1+", tag: 2, default: 0 }),
  },
});
