import type { Broker } from "../../broker/broker.js";
import { isInternalTopic } from "../../broker/internal-topics.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { AddPartitionsToTxn } from "../../protocol/messages/24-add-partitions-to-txn.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import { clusterResource } from "../../security/authorizer.js";
import type { RequestContext } from "../context.js";
import { handler } from "../handler.js";
import { namedOnce, type TopicsOf } from "../partitions/named-once.js";
import { askTransactionCoordinator, errorOf, fencedAsBefore } from "../transactions/transaction-coordinator.js";

/** Clients ask up to the version before; from this one on brokers do, for several transactions at once. */
const BETWEEN_BROKERS_SINCE = 4;
/** The first version that knows PRODUCER_FENCED. */
const FENCED_SINCE = 2;

type Transaction = RequestOf<typeof AddPartitionsToTxn>["transactions"][number];
type Topic = Transaction["topics"][number];
type ErrorOfPartition = (topic: string, partition: number) => ErrorCode;

const topicsOf: TopicsOf<Topic, number> = {
  keyOf: ({ name }) => name,
  partitionsOf: ({ partitions }) => partitions,
  indexOf: (partition) => partition,
  withPartitions: (topic, partitions) => ({ ...topic, partitions }),
};

/** AddPartitionsToTxn: partitions become part of a transaction, all or none; or it is looked up whether they are. */
export const addPartitionsToTxn = handler(AddPartitionsToTxn, { from: 0, to: 5 }, async (broker, request, context) => {
  if (context.apiVersion < BETWEEN_BROKERS_SINCE) {
    const transaction: Transaction = {
      transactionalId: request.v3AndBelowTransactionalId,
      producerId: request.v3AndBelowProducerId,
      producerEpoch: request.v3AndBelowProducerEpoch,
      verifyOnly: false,
      topics: request.v3AndBelowTopics,
    };
    return { resultsByTopicV3AndBelow: await add(broker, context, transaction) };
  }
  if (!context.authorize("ClusterAction", "Cluster", clusterResource)) {
    return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code };
  }
  const resultsByTransaction = request.transactions.map(async (transaction) => ({
    transactionalId: transaction.transactionalId,
    topicResults: await add(broker, context, transaction),
  }));
  return { errorCode: errors.NONE.code, resultsByTransaction: await Promise.all(resultsByTransaction) };
});

async function add(broker: Broker, context: RequestContext, transaction: Transaction) {
  const { transactionalId, topics: given, verifyOnly, ...producer } = transaction;
  const topics = namedOnce(given, topicsOf);
  const isFromClient = context.apiVersion < BETWEEN_BROKERS_SINCE;
  if (isFromClient && !context.authorize("Write", "TransactionalId", transactionalId)) {
    return results(given, () => errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code);
  }
  const refused = refusals(context, topics, isFromClient);
  if (refused !== null) return results(topics, refused);
  if (verifyOnly) return verify(broker, { transactionalId, topics, ...producer });
  const clientTransactionVersion = isFromClient ? 0 : 2;
  const call = { transactionalId, topics, ...producer, clientTransactionVersion };
  const errorCode = errorOf(await askTransactionCoordinator(broker, transactionalId, "addPartitions", call));
  return results(given, () => fencedAsBefore(errorCode, context.apiVersion, FENCED_SINCE));
}

async function verify(broker: Broker, call: Omit<Transaction, "verifyOnly">) {
  const outcome = await askTransactionCoordinator(broker, call.transactionalId, "verifyPartitions", call);
  if (!("reply" in outcome)) return results(call.topics, () => outcome.errorCode);
  return outcome.reply.topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map(({ partitionIndex, errorCode }) => ({
      partitionIndex,
      partitionErrorCode: errorCode,
    })),
  }));
}

/** One partition that cannot be added keeps out the others too. Null: all may go on to the coordinator. */
function refusals(
  context: RequestContext,
  topics: Transaction["topics"],
  isFromClient: boolean,
): ErrorOfPartition | null {
  const { NONE, OPERATION_NOT_ATTEMPTED, TOPIC_AUTHORIZATION_FAILED, UNKNOWN_TOPIC_OR_PARTITION } = errors;
  const errorOfPartition = (topic: string, partition: number): ErrorCode => {
    const isWritable = !isFromClient || (!isInternalTopic(topic) && context.authorize("Write", "Topic", topic));
    if (!isWritable) return TOPIC_AUTHORIZATION_FAILED.code;
    const exists = context.image.topicsByName.get(topic)?.partitions[partition] !== undefined;
    return exists ? NONE.code : UNKNOWN_TOPIC_OR_PARTITION.code;
  };
  const areAllWell = topics.every(({ name, partitions }) =>
    partitions.every((partition) => errorOfPartition(name, partition) === NONE.code),
  );
  if (areAllWell) return null;
  return (topic, partition) => {
    const errorCode = errorOfPartition(topic, partition);
    return errorCode === NONE.code ? OPERATION_NOT_ATTEMPTED.code : errorCode;
  };
}

function results(topics: Transaction["topics"], errorOfPartition: ErrorOfPartition) {
  return topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: errorOfPartition(name, partitionIndex),
    })),
  }));
}
