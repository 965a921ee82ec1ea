import type { Broker } from "../../broker/broker.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { InitProducerId } from "../../protocol/messages/22-init-producer-id.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";
import { askTransactionCoordinator, fencedAsBefore } from "../transactions/transaction-coordinator.js";

const NO_PRODUCER_ID = -1;
const NO_PRODUCER_EPOCH = -1;
/** The first version that knows PRODUCER_FENCED. */
const FENCED_SINCE = 4;

/**
 * InitProducerId: a producer id and epoch. An idempotent producer gets a new id with every call; for a transactional one
 * the coordinator decides. Version 6 (KIP-939) is unstable in Apache Kafka 4.3, which does not advertise it either.
 */
export const initProducerId = handler(InitProducerId, { from: 0, to: 5 }, async (broker, request, context) => {
  const { transactionalId, producerId, producerEpoch } = request;
  if (transactionalId !== null && !context.authorize("Write", "TransactionalId", transactionalId)) {
    return failed(errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code);
  }
  if (transactionalId === null && !context.authorize("IdempotentWrite", "Cluster", clusterResource)) {
    return failed(errors.CLUSTER_AUTHORIZATION_FAILED.code);
  }
  // KIP-360: a producer that goes on from an id says its epoch as well.
  if ((producerId === NO_PRODUCER_ID) !== (producerEpoch === NO_PRODUCER_EPOCH)) {
    return failed(errors.INVALID_REQUEST.code);
  }
  if (transactionalId === null) return idempotent(broker);
  // Nobody coordinates the empty id, whether or not there is a coordinator yet.
  if (transactionalId === "") return failed(errors.INVALID_REQUEST.code);
  const outcome = await askTransactionCoordinator(broker, transactionalId, "initProducerId", {
    ...request,
    transactionalId,
  });
  if (!("reply" in outcome)) return failed(outcome.errorCode);
  return { ...outcome.reply, errorCode: fencedAsBefore(outcome.reply.errorCode, context.apiVersion, FENCED_SINCE) };
});

async function idempotent(broker: Broker) {
  const next = await broker.producerIds.next();
  // Whatever keeps the controller from giving out ids, the client asks again.
  if ("errorCode" in next) return failed(errors.COORDINATOR_LOAD_IN_PROGRESS.code);
  return { errorCode: errors.NONE.code, producerId: next.producerId, producerEpoch: 0 };
}

function failed(errorCode: ErrorCode) {
  return { errorCode, producerId: NO_PRODUCER_ID, producerEpoch: NO_PRODUCER_EPOCH };
}
