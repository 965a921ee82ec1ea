import { type ErrorCode, errors } from "../../protocol/errors.js";
import { InitProducerId } from "../../protocol/messages/22-init-producer-id.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";

const NO_PRODUCER_ID = -1;
const NO_PRODUCER_EPOCH = -1;

/** InitProducerId: a producer id for an idempotent producer. Every call gives a new one, with epoch 0. */
export const initProducerId = handler(InitProducerId, { from: 0, to: 5 }, async (broker, request, context) => {
  const { transactionalId, producerId, producerEpoch } = request;
  if (transactionalId !== null) {
    if (!context.authorize("Write", "TransactionalId", transactionalId)) {
      return failed(errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code);
    }
    // Transactions are not served yet. Clients take this error for final, and give up with the broker's word.
    return failed(transactionalId === "" ? errors.INVALID_REQUEST.code : errors.UNSUPPORTED_VERSION.code);
  }
  if (!context.authorize("IdempotentWrite", "Cluster", clusterResource)) {
    return failed(errors.CLUSTER_AUTHORIZATION_FAILED.code);
  }
  // KIP-360: a producer that goes on from an id says its epoch as well.
  if ((producerId === NO_PRODUCER_ID) !== (producerEpoch === NO_PRODUCER_EPOCH)) {
    return failed(errors.INVALID_REQUEST.code);
  }
  const next = await broker.producerIds.next();
  // Whatever keeps the controller from giving out ids, the client asks again.
  if ("errorCode" in next) return failed(errors.COORDINATOR_LOAD_IN_PROGRESS.code);
  return { errorCode: errors.NONE.code, producerId: next.producerId, producerEpoch: 0 };
});

function failed(errorCode: ErrorCode) {
  return { errorCode, producerId: NO_PRODUCER_ID, producerEpoch: NO_PRODUCER_EPOCH };
}
