import { groupTopic } from "../../broker/internal-topics.js";
import { errors } from "../../protocol/errors.js";
import { AddOffsetsToTxn } from "../../protocol/messages/25-add-offsets-to-txn.js";
import { handler } from "../handler.js";
import { askTransactionCoordinator, errorOf, fencedAsBefore } from "../transactions/transaction-coordinator.js";

/** The first version that knows PRODUCER_FENCED. */
const FENCED_SINCE = 2;

/** AddOffsetsToTxn: the partition that keeps the offsets of a group becomes part of a transaction. */
export const addOffsetsToTxn = handler(AddOffsetsToTxn, { from: 0, to: 4 }, async (broker, request, context) => {
  const { groupId, transactionalId, producerId, producerEpoch } = request;
  if (!context.authorize("Write", "TransactionalId", transactionalId)) {
    return { errorCode: errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code };
  }
  if (!context.authorize("Read", "Group", groupId)) return { errorCode: errors.GROUP_AUTHORIZATION_FAILED.code };
  const partition = broker.groups.partitionOf(groupId);
  if (partition === null) return { errorCode: errors.COORDINATOR_NOT_AVAILABLE.code };
  const topics = [{ name: groupTopic, partitions: [partition] }];
  const call = { transactionalId, producerId, producerEpoch, topics, clientTransactionVersion: 0 };
  const errorCode = errorOf(await askTransactionCoordinator(broker, transactionalId, "addPartitions", call));
  return { errorCode: fencedAsBefore(errorCode, context.apiVersion, FENCED_SINCE) };
});
