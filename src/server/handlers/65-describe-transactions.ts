import { errors } from "../../protocol/errors.js";
import { DescribeTransactions } from "../../protocol/messages/65-describe-transactions.js";
import { notDescribed } from "../../transactions/inquiries/describe.js";
import { handler } from "../handler.js";
import { askTransactionCoordinator } from "../transactions/transaction-coordinator.js";

/** DescribeTransactions: what the coordinator knows of some transactional ids. */
export const describeTransactions = handler(
  DescribeTransactions,
  { from: 0, to: 0 },
  async (broker, request, context) => {
    const described = request.transactionalIds.map(async (transactionalId) => {
      if (!context.authorize("Describe", "TransactionalId", transactionalId)) {
        return notDescribed(transactionalId, errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code);
      }
      // There is no such id, whoever would coordinate it.
      if (transactionalId === "") return notDescribed(transactionalId, errors.INVALID_REQUEST.code);
      const outcome = await askTransactionCoordinator(broker, transactionalId, "describe", { transactionalId });
      if (!("reply" in outcome)) return notDescribed(transactionalId, outcome.errorCode);
      const topics = outcome.reply.topics.filter(({ topic }) => context.authorize("Describe", "Topic", topic));
      return { ...outcome.reply, topics };
    });
    return { transactionStates: await Promise.all(described) };
  },
);
