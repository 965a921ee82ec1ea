import { type ErrorCode, errors } from "../../protocol/errors.js";
import { ListTransactions } from "../../protocol/messages/66-list-transactions.js";
import { readListFilters } from "../../transactions/list-filters.js";
import { coordinatorError } from "../groups/group-coordinator.js";
import { handler } from "../handler.js";

/** ListTransactions: the transactional ids that this broker coordinates. One shard that cannot tell yet spoils the list. */
export const listTransactions = handler(ListTransactions, { from: 0, to: 2 }, async (broker, request, context) => {
  const read = readListFilters(request);
  if (read === null) return failed(errors.INVALID_REGULAR_EXPRESSION.code);
  const shards = [...broker.transactions.all()];
  const outcomes = await Promise.all(shards.map((shard) => shard.call("list", read.filters, { caller: context })));
  const transactionStates = [];
  for (const outcome of outcomes) {
    if ("reply" in outcome) {
      const mayDescribe = (id: string) => context.authorize("Describe", "TransactionalId", id);
      transactionStates.push(...outcome.reply.filter(({ transactionalId }) => mayDescribe(transactionalId)));
    } else {
      const errorCode = coordinatorError(outcome.errorCode);
      // A shard that has just gone elsewhere is listed there.
      if (errorCode !== errors.NOT_COORDINATOR.code) return failed(errorCode);
    }
  }
  return { errorCode: errors.NONE.code, unknownStateFilters: read.unknownStateFilters, transactionStates };
});

function failed(errorCode: ErrorCode) {
  return { errorCode, unknownStateFilters: [], transactionStates: [] };
}
