/** The only code that changes what the log says of transactional ids. */
import type { RecordPosition } from "../coordination/state-machine.js";
import type { LoggedTransaction, TransactionRecord } from "./records/transaction-record.js";
import { bumpsEpoch, LAST_PRODUCER_EPOCH } from "./states.js";
import type { TransactionsState } from "./transactions-state.js";

export function replayRecord(
  state: TransactionsState,
  { transactionalId, value }: TransactionRecord,
  at: RecordPosition,
): void {
  state.endOffset = at.offset + 1;
  if (value === null) forget(state, transactionalId);
  else remember(state, transactionalId, value);
  if (value?.state === "Ongoing") {
    state.ongoing.add(transactionalId);
  } else {
    state.ongoing.delete(transactionalId);
    state.timeoutsPostponed.delete(transactionalId);
  }
}

function forget(state: TransactionsState, transactionalId: string): void {
  state.transactions.delete(transactionalId);
  state.removalEndOffset = state.endOffset;
}

function remember(state: TransactionsState, id: string, logged: LoggedTransaction): void {
  const { endOffset } = state;
  const before = state.transactions.get(id);
  const lastProducerEpoch = lastEpochOf(logged) ?? before?.lastProducerEpoch ?? -1;
  if (before === undefined) state.transactions.set(id, { id, logged, endOffset, lastProducerEpoch });
  else Object.assign(before, { logged, endOffset, lastProducerEpoch });
}

/** At every end of the second generation the epoch before is one less; null where the record does not tell. */
function lastEpochOf({ state, clientTransactionVersion, producerEpoch }: LoggedTransaction): number | null {
  const isEnd = state !== "Empty" && state !== "Ongoing";
  if (!isEnd || !bumpsEpoch(clientTransactionVersion)) return null;
  return producerEpoch === 0 ? LAST_PRODUCER_EPOCH : producerEpoch - 1;
}
