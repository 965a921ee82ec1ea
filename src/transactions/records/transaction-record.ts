/** The records of `__transaction_state`, as the transaction machine writes and replays them. */
import { int16At, prefixed, read } from "../../coordination/record-bytes.js";
import type { RecordCodec } from "../../coordination/record-codec.js";
import type { DecodedOf } from "../../protocol/schema/message.js";
import { noPartitions, type PartitionSet } from "../partition-set.js";
import { type LoggedState, transactionStates } from "../states.js";
import { TransactionLogKey, TransactionLogValue } from "./transaction-log.js";

/** A value of null is a tombstone. */
export interface TransactionRecord {
  readonly transactionalId: string;
  readonly value: LoggedTransaction | null;
}

/** What the log says of a transactional id. */
export interface LoggedTransaction {
  readonly state: LoggedState;
  readonly producerId: number;
  /** The producer id before the last change, most often the same; -1 in logs of older brokers. */
  readonly previousProducerId: number;
  /** The producer id with which the producer goes on, when the one it has comes to its last epoch; else -1. */
  readonly nextProducerId: number;
  readonly producerEpoch: number;
  readonly transactionTimeoutMs: number;
  readonly partitions: PartitionSet;
  readonly transactionLastUpdateTimestampMs: number;
  /** -1: none was begun. */
  readonly transactionStartTimestampMs: number;
  /** 2: the last change came from a client that expects a new epoch after every end (KIP-890). */
  readonly clientTransactionVersion: number;
}

/** The 16 bits in front of every key. */
const TRANSACTION_LOG_TYPE = 0;
const KEY_VERSION = 0;
/** Apache Kafka writes version 0 where `transaction.version` is 0, for older brokers that may have to read it. */
const VALUE_VERSION = 1;

export const transactionRecordCodec: RecordCodec<TransactionRecord> = {
  encode({ transactionalId, value }) {
    return {
      key: prefixed(TRANSACTION_LOG_TYPE, TransactionLogKey, KEY_VERSION, { transactionalId }),
      value: value === null ? null : encodeValue(value),
    };
  },

  decode(key, value) {
    if (key === null || key.length < 2 || int16At(key) !== TRANSACTION_LOG_TYPE) return null;
    const { transactionalId } = read(TransactionLogKey, KEY_VERSION, key);
    if (value === null) return { transactionalId, value: null };
    // A newer version adds only tagged fields, and reads as the last one known (KIP-915).
    const version = Math.min(int16At(value), VALUE_VERSION);
    return { transactionalId, value: fromLog(read(TransactionLogValue, version, value)) };
  },
};

function encodeValue(logged: LoggedTransaction): Uint8Array {
  const topics = [...logged.partitions].map(([topic, indexes]) => ({ topic, partitionIds: [...indexes] }));
  return prefixed(VALUE_VERSION, TransactionLogValue, VALUE_VERSION, {
    transactionStatus: transactionStates[logged.state].id,
    transactionPartitions: logged.state === "Empty" ? null : topics,
    ...logged,
  });
}

function fromLog(value: DecodedOf<typeof TransactionLogValue>): LoggedTransaction {
  const { transactionStatus, transactionPartitions, nextProducerEpoch: _, ...fields } = value;
  const topics = (transactionPartitions ?? []).map(
    ({ topic, partitionIds }) => [topic, new Set(partitionIds)] as const,
  );
  return {
    ...fields,
    state: stateNumbered(transactionStatus),
    partitions: topics.length === 0 ? noPartitions : new Map(topics),
  };
}

const statesById: ReadonlyMap<number, LoggedState> = new Map(
  (["Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort"] as const).map((state) => [
    transactionStates[state].id,
    state,
  ]),
);

function stateNumbered(id: number): LoggedState {
  const state = statesById.get(id);
  if (state === undefined) throw new Error(`A record of __transaction_state has the unknown state ${id}`);
  return state;
}
