/**
 * Asking the transaction coordinator whether partitions belong to a transaction, or making them part of it (KIP-890): how
 * far a client can go along is told by the versions of Produce and TxnOffsetCommit that it uses.
 */
import type { Broker } from "../../broker/broker.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { partitionSetOf, type TopicPartition } from "../../transactions/partition-set.js";
import { askTransactionCoordinator, errorOf } from "./transaction-coordinator.js";

/**
 * "old errors": it added the partitions itself, and knows no TRANSACTION_ABORTABLE. "abortable": it knows that. "adds
 * partitions": it leaves the adding to us, and bumps its epoch with every transaction.
 */
export type TransactionSupport = "old errors" | "abortable" | "adds partitions";

export function supportOfProduce(apiVersion: number): TransactionSupport {
  if (apiVersion >= 12) return "adds partitions";
  return apiVersion >= 11 ? "abortable" : "old errors";
}

export function supportOfTxnOffsetCommit(apiVersion: number): TransactionSupport {
  if (apiVersion >= 5) return "adds partitions";
  return apiVersion >= 4 ? "abortable" : "old errors";
}

export interface TransactionalProducer {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** Whether the coordinator must be asked at all before the first records of a transaction. */
export function isVerificationWanted({ config }: Broker, support: TransactionSupport): boolean {
  return support === "adds partitions" || config.transactions.transactionPartitionVerificationEnable;
}

/** The coordinator's word on each partition, in their order. */
export async function askForPartitions(
  broker: Broker,
  producer: TransactionalProducer,
  partitions: readonly TopicPartition[],
  support: TransactionSupport,
): Promise<readonly ErrorCode[]> {
  const answers = await asked(broker, producer, partitions, support);
  return answers.map((errorCode) => inWordsOf(support, errorCode));
}

async function asked(
  broker: Broker,
  producer: TransactionalProducer,
  partitions: readonly TopicPartition[],
  support: TransactionSupport,
): Promise<readonly ErrorCode[]> {
  const coordinatorId = coordinatorOf(broker, producer.transactionalId);
  return coordinatorId === null || coordinatorId === broker.nodeId
    ? askedHere(broker, producer, partitions, support)
    : askedElsewhere(broker, coordinatorId, producer, partitions, support);
}

/** Null: there is none, and it is not here either. */
function coordinatorOf({ transactions, image }: Broker, transactionalId: string): number | null {
  const index = transactions.partitionOf(transactionalId);
  const leader = index === null ? undefined : image.topicsByName.get(transactions.topic)?.partitions[index]?.leader;
  return leader === undefined || leader < 0 ? null : leader;
}

async function askedElsewhere(
  broker: Broker,
  coordinatorId: number,
  producer: TransactionalProducer,
  partitions: readonly TopicPartition[],
  support: TransactionSupport,
): Promise<readonly ErrorCode[]> {
  const verifyOnly = support !== "adds partitions";
  const inquiry = { verifyOnly, topics: byTopic(partitions), ...producer };
  const answer = await broker.transactionInquiries.ask(coordinatorId, inquiry);
  if ("errorCode" in answer) return partitions.map(() => answer.errorCode);
  return partitions.map(({ topic, partition }) => {
    const found = answer.topics.find(({ name }) => name === topic)?.resultsByPartition;
    const result = found?.find(({ partitionIndex }) => partitionIndex === partition);
    return (result?.partitionErrorCode ?? errors.UNKNOWN_SERVER_ERROR.code) as ErrorCode;
  });
}

async function askedHere(
  broker: Broker,
  producer: TransactionalProducer,
  partitions: readonly TopicPartition[],
  support: TransactionSupport,
): Promise<readonly ErrorCode[]> {
  const { transactionalId } = producer;
  const topics = byTopic(partitions);
  if (support === "adds partitions") {
    const call = { topics, clientTransactionVersion: 2, ...producer };
    const errorCode = errorOf(await askTransactionCoordinator(broker, transactionalId, "addPartitions", call));
    return partitions.map(() => errorCode);
  }
  const outcome = await askTransactionCoordinator(broker, transactionalId, "verifyPartitions", { topics, ...producer });
  if (!("reply" in outcome)) return partitions.map(() => outcome.errorCode);
  return partitions.map(({ topic, partition }) => {
    const found = outcome.reply.topics.find(({ name }) => name === topic)?.partitions;
    return (
      found?.find(({ partitionIndex }) => partitionIndex === partition)?.errorCode ?? errors.UNKNOWN_SERVER_ERROR.code
    );
  });
}

function byTopic(partitions: readonly TopicPartition[]) {
  return [...partitionSetOf(partitions)].map(([name, indexes]) => ({ name, partitions: [...indexes] }));
}

/** Producers expect to hear of fencing by their epoch here; not all of them know that they may abort. */
function inWordsOf(support: TransactionSupport, errorCode: ErrorCode): ErrorCode {
  if (errorCode === errors.PRODUCER_FENCED.code) return errors.INVALID_PRODUCER_EPOCH.code;
  const isNewWord = errorCode === errors.TRANSACTION_ABORTABLE.code && support === "old errors";
  return isNewWord ? errors.INVALID_TXN_STATE.code : errorCode;
}
