import { type ErrorCode, errors } from "../../protocol/errors.js";
import { ListTransactions } from "../../protocol/messages/66-list-transactions.js";
import { readListFilters } from "../../transactions/inquiries/list-filters.js";
import { handler } from "../handler.js";
import { listedByShards } from "../listed-by-shards.js";

/** ListTransactions: the transactional ids that this broker coordinates. */
export const listTransactions = handler(ListTransactions, { from: 0, to: 2 }, async (broker, request, context) => {
  const read = readListFilters(request);
  if (read === null) return failed(errors.INVALID_REGULAR_EXPRESSION.code);
  const shards = [...broker.transactions.all()];
  const outcomes = await Promise.all(shards.map((shard) => shard.call("list", read.filters, { caller: context })));
  const all = listedByShards(outcomes);
  if ("errorCode" in all) return failed(all.errorCode);
  const mayDescribe = (id: string) => context.authorize("Describe", "TransactionalId", id);
  const transactionStates = all.listed.filter(({ transactionalId }) => mayDescribe(transactionalId));
  return { errorCode: errors.NONE.code, unknownStateFilters: read.unknownStateFilters, transactionStates };
});

function failed(errorCode: ErrorCode) {
  return { errorCode, unknownStateFilters: [], transactionStates: [] };
}
