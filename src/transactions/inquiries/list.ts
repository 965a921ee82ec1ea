/** ListTransactions: the transactional ids of this shard that pass the filters. A pattern is matched beside the machine. */
import { reply } from "../../coordination/state-machine.js";
import {
  answer,
  type CallNamed,
  type Circumstances,
  decision,
  type PatternMatched,
  type TransactionDecision,
} from "../transaction-types.js";
import type { Transaction, TransactionsState } from "../transactions-state.js";
import type { ListedTransaction, ListFilters } from "./list-filters.js";

export function decideList(
  state: Readonly<TransactionsState>,
  { request: filters, ticket }: CallNamed<"list">,
  circumstances: Circumstances,
): TransactionDecision {
  const passing = [...state.transactions.values()].filter((transaction) => passes(transaction, filters, circumstances));
  const candidates = passing.map(listed);
  const { pattern } = filters;
  if (pattern === null) return answer(reply(ticket, candidates, state.endOffset));
  return decision({ errands: [{ type: "matchPattern", pattern, candidates, ticket }] });
}

/** The errand began when all that the candidates were taken from was committed. */
export function decidePatternMatched({ errand, matching }: PatternMatched): TransactionDecision {
  return answer(reply(errand.ticket, matching, "at once"));
}

function passes({ logged }: Transaction, filters: ListFilters, { now }: Circumstances): boolean {
  const { states, producerIds, longerThanMs } = filters;
  if (states !== null && !states.has(logged.state)) return false;
  if (producerIds !== null && !producerIds.has(logged.producerId)) return false;
  // Like in Kafka, one that was never begun counts as begun at the beginning of time.
  return longerThanMs === null || now.wallMs - logged.transactionStartTimestampMs > longerThanMs;
}

function listed({ id, logged }: Transaction): ListedTransaction {
  return { transactionalId: id, producerId: logged.producerId, transactionState: logged.state };
}
