import { type ErrorCode, errors } from "../../protocol/errors.js";
import { DescribeTransactions } from "../../protocol/messages/65-describe-transactions.js";
import { handler } from "../handler.js";
import { askTransactionCoordinator } from "../transactions/transaction-coordinator.js";

/** DescribeTransactions: what the coordinator knows of some transactional ids. */
export const describeTransactions = handler(
  DescribeTransactions,
  { from: 0, to: 0 },
  async (broker, request, context) => {
    const described = request.transactionalIds.map(async (transactionalId) => {
      if (!context.authorize("Describe", "TransactionalId", transactionalId)) {
        return failed(transactionalId, errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code);
      }
      const outcome = await askTransactionCoordinator(broker, transactionalId, "describe", { transactionalId });
      if (!("reply" in outcome)) return failed(transactionalId, outcome.errorCode);
      const topics = outcome.reply.topics.filter(({ topic }) => context.authorize("Describe", "Topic", topic));
      return { ...outcome.reply, topics };
    });
    return { transactionStates: await Promise.all(described) };
  },
);

function failed(transactionalId: string, errorCode: ErrorCode) {
  return {
    errorCode,
    transactionalId,
    transactionState: "",
    transactionTimeoutMs: 0,
    transactionStartTimeMs: 0,
    producerId: 0,
    producerEpoch: 0,
    topics: [],
  };
}
