/** The transactional side of a Produce request: which of its batches are part of a transaction, and whether they may be. */
import type { Broker } from "../../broker/broker.js";
import type { Partition } from "../../cluster/replication/partition.js";
import { errors } from "../../protocol/errors.js";
import type { Produce } from "../../protocol/messages/00-produce.js";
import type { Refusal } from "../../protocol/records/check-batch.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import type { RequestContext } from "../context.js";
import { type Admission, admitToTransaction } from "./admit-to-transaction.js";
import { supportOfProduce } from "./transaction-support.js";
import { isTransactional, transactionalProducer } from "./transactional-batches.js";

type ProduceRequest = RequestOf<typeof Produce>;
export type PartitionData = ProduceRequest["topicData"][number]["partitionData"][number];

/** What is not in it needs no admission. */
export type Admissions = ReadonlyMap<PartitionData, Admission>;

export const noAdmissions: Admissions = new Map();

export function hasTransactionalBatches({ topicData }: ProduceRequest): boolean {
  return topicData.some(({ partitionData }) => partitionData.some(({ records }) => isTransactional(records)));
}

/** The error of the whole request, or null: a request with transactional batches speaks for a transactional id. */
export function refuseTransactionalRequest(request: ProduceRequest, context: RequestContext): Refusal | null {
  const { transactionalId } = request;
  if (transactionalId === null || !context.authorize("Write", "TransactionalId", transactionalId)) {
    const errorMessage = "Transactional id authorization failed.";
    return { errorCode: errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code, errorMessage };
  }
  return null;
}

/**
 * Asks for the batches in partitions that `locate` finds; the others are refused on other grounds. All must be of one
 * producer id and epoch, or the whole request is refused.
 */
export function admitTransactionalBatches(
  broker: Broker,
  { transactionalId, topicData }: ProduceRequest,
  { apiVersion }: RequestContext,
  locate: (topic: ProduceRequest["topicData"][number], data: PartitionData) => Partition | null,
): Admissions | Refusal | Promise<Admissions> {
  const batches = topicData.flatMap((topic) =>
    topic.partitionData.flatMap((data) => {
      const producer = transactionalProducer(data.records);
      const partition = producer === null ? null : locate(topic, data);
      return producer === null || partition === null ? [] : [{ data, partition, ...producer }];
    }),
  );
  const [first] = batches;
  if (first === undefined || transactionalId === null) return noAdmissions;
  const { producerId, producerEpoch } = first;
  if (batches.some((batch) => batch.producerId !== producerId || batch.producerEpoch !== producerEpoch)) {
    const errorMessage = "The request has transactional records of more than one producer";
    return { errorCode: errors.INVALID_PRODUCER_ID_MAPPING.code, errorMessage };
  }
  const producer = { transactionalId, producerId, producerEpoch };
  const byData = (admissions: readonly Admission[]): Admissions =>
    new Map(admissions.flatMap((admission, i) => (batches[i] === undefined ? [] : [[batches[i].data, admission]])));
  const admissions = admitToTransaction(broker, producer, batches, supportOfProduce(apiVersion));
  return admissions instanceof Promise ? admissions.then(byData) : byData(admissions);
}
