/** DescribeTransactions: what the coordinator knows of one transactional id. */
import { reply } from "../coordination/state-machine.js";
import { errors } from "../protocol/errors.js";
import { partitionSetOf } from "./partition-set.js";
import { answer, type CallNamed, type DescribeReply, type TransactionDecision } from "./transaction-types.js";
import type { Transaction, TransactionsState } from "./transactions-state.js";

export function decideDescribe(
  state: Readonly<TransactionsState>,
  { request, ticket }: CallNamed<"describe">,
): TransactionDecision {
  const { transactionalId } = request;
  const transaction = state.transactions.get(transactionalId);
  if (transaction !== undefined) return answer(reply(ticket, described(state, transaction), transaction.endOffset));
  const error = transactionalId === "" ? errors.INVALID_REQUEST : errors.TRANSACTIONAL_ID_NOT_FOUND;
  const nothing = { ...unknown, transactionalId, errorCode: error.code };
  return answer(reply(ticket, nothing, state.removalEndOffset));
}

const unknown = {
  transactionState: "",
  transactionTimeoutMs: 0,
  transactionStartTimeMs: 0,
  producerId: 0,
  producerEpoch: 0,
  topics: [],
} as const;

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
