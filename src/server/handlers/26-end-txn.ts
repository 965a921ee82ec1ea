import { errors } from "../../protocol/errors.js";
import { EndTxn } from "../../protocol/messages/26-end-txn.js";
import { handler } from "../handler.js";
import { askTransactionCoordinator, fencedAsBefore } from "../transactions/transaction-coordinator.js";

/** The first version that knows PRODUCER_FENCED. */
const FENCED_SINCE = 2;
/** The first version of clients that go on with a higher epoch after every end (KIP-890). */
const EPOCH_BUMPED_SINCE = 5;

/** EndTxn: commits or aborts. The outcome is certain with the answer; the markers follow. */
export const endTxn = handler(EndTxn, { from: 0, to: 5 }, async (broker, request, context) => {
  const { transactionalId } = request;
  if (!context.authorize("Write", "TransactionalId", transactionalId)) {
    return { errorCode: errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code };
  }
  const clientTransactionVersion = context.apiVersion >= EPOCH_BUMPED_SINCE ? 2 : 0;
  const call = { clientTransactionVersion, ...request };
  const outcome = await askTransactionCoordinator(broker, transactionalId, "endTransaction", call);
  if (!("reply" in outcome)) return { errorCode: outcome.errorCode };
  return { ...outcome.reply, errorCode: fencedAsBefore(outcome.reply.errorCode, context.apiVersion, FENCED_SINCE) };
});
