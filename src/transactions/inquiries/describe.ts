/** DescribeTransactions: what the coordinator knows of one transactional id. */
import { reply } from "../../coordination/state-machine.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { partitionSetOf } from "../partition-set.js";
import { answer, type CallNamed, type DescribeReply, type TransactionDecision } from "../transaction-types.js";
import type { Transaction, TransactionsState } from "../transactions-state.js";

export function decideDescribe(
  state: Readonly<TransactionsState>,
  { request, ticket }: CallNamed<"describe">,
): TransactionDecision {
  const { transactionalId } = request;
  const transaction = state.transactions.get(transactionalId);
  if (transaction !== undefined) return answer(reply(ticket, described(state, transaction), transaction.endOffset));
  const nothing = notDescribed(transactionalId, errors.TRANSACTIONAL_ID_NOT_FOUND.code);
  return answer(reply(ticket, nothing, state.removalEndOffset));
}

/** What there is to say of an id of which nothing may be said, or nothing is known. */
export function notDescribed(transactionalId: string, errorCode: ErrorCode): DescribeReply {
  const nothing = { transactionState: "", transactionTimeoutMs: 0, transactionStartTimeMs: 0, topics: [] };
  return { errorCode, transactionalId, ...nothing, producerId: 0, producerEpoch: 0 };
}

function described({ markers }: Readonly<TransactionsState>, { id, logged }: Transaction): DescribeReply {
  // Once prepared, a transaction keeps the partitions that still wait for their marker.
  const toWrite = markers.get(id);
  const partitions = toWrite === undefined ? logged.partitions : partitionSetOf(toWrite.partitions);
  return {
    errorCode: errors.NONE.code,
    transactionalId: id,
    transactionState: logged.state,
    transactionTimeoutMs: logged.transactionTimeoutMs,
    transactionStartTimeMs: logged.transactionStartTimestampMs,
    producerId: logged.producerId,
    producerEpoch: logged.producerEpoch,
    topics: [...partitions].map(([topic, indexes]) => ({ topic, partitions: [...indexes] })),
  };
}
