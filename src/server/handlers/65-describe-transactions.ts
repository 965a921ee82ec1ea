import type { Broker } from "../../broker/broker.js";
import { errors } from "../../protocol/errors.js";
import { DescribeTransactions } from "../../protocol/messages/65-describe-transactions.js";
import type { ResponseOf } from "../../protocol/schema/message.js";
import { notDescribed } from "../../transactions/inquiries/describe.js";
import type { RequestContext } from "../context.js";
import { describedOnce } from "../described-once.js";
import { handler } from "../handler.js";
import { askTransactionCoordinator } from "../transactions/transaction-coordinator.js";
import { allThere, whenThere } from "../when-there.js";

type Described = ResponseOf<typeof DescribeTransactions>["transactionStates"][number];

/** DescribeTransactions: what the coordinator knows of some transactional ids. */
export const describeTransactions = handler(DescribeTransactions, { from: 0, to: 0 }, (broker, request, context) => {
  const describe = (transactionalId: string) => describeTransaction(broker, context, transactionalId);
  const transactionStates = allThere(request.transactionalIds.map(describedOnce(String, describe)));
  return whenThere(transactionStates, (there) => ({ transactionStates: there }));
});

function describeTransaction(
  broker: Broker,
  context: RequestContext,
  transactionalId: string,
): Described | Promise<Described> {
  if (!context.authorize("Describe", "TransactionalId", transactionalId)) {
    return notDescribed(transactionalId, errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code);
  }
  // There is no such id, whoever would coordinate it.
  if (transactionalId === "") return notDescribed(transactionalId, errors.INVALID_REQUEST.code);
  const asked = askTransactionCoordinator(broker, transactionalId, "describe", { transactionalId });
  return whenThere(asked, (outcome) => {
    if (!("reply" in outcome)) return notDescribed(transactionalId, outcome.errorCode);
    const topics = outcome.reply.topics.filter(({ topic }) => context.authorize("Describe", "Topic", topic));
    return { ...outcome.reply, topics };
  });
}
