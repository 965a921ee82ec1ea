/** Transactions that take longer than their producer said are aborted, and the producer is fenced. */
import { NO_TIMEOUT_MS } from "../states.js";
import { type Circumstances, decision, type TransactionDecision, type TransactionTouch } from "../transaction-types.js";
import type { Transaction, TransactionsState } from "../transactions-state.js";
import { fence } from "./fence.js";

/** One at a time, so that each has a batch of its own; the next one comes right after. */
export function decideTimeouts(state: Readonly<TransactionsState>, circumstances: Circumstances): TransactionDecision {
  const { now, config } = circumstances;
  const nextMs = now.monotonicMs + config.transactionAbortTimedOutTransactionCleanupIntervalMs;
  const late = firstTimedOut(state, circumstances);
  if (late === undefined) return decision({ touches: [{ type: "nextTimeoutCheck", atMs: nextMs }] });
  const parts = fence(state, late, null, circumstances);
  if (parts !== null) return decision(parts);
  const purpose = { type: "timeout", transactionalId: late.id } as const;
  return decision({ touches: [postponed(late, nextMs)], errands: [{ type: "allocateProducerId", purpose }] });
}

/** The producer id that a timed-out transaction waited for has come, unless it has ended in the meantime. */
export function decideTimeoutWithProducerId(
  state: Readonly<TransactionsState>,
  transactionalId: string,
  freshProducerId: number,
  circumstances: Circumstances,
): TransactionDecision {
  const transaction = state.transactions.get(transactionalId);
  if (transaction === undefined || !isTimedOut(transaction, circumstances)) return decision({});
  const parts = fence(state, transaction, freshProducerId, circumstances);
  return parts === null ? decision({}) : decision(parts);
}

/** The log refused the abort: others must not wait for it. */
export function postponeFirstTimeout(
  state: Readonly<TransactionsState>,
  circumstances: Circumstances,
): TransactionTouch[] {
  const { now, config } = circumstances;
  const late = firstTimedOut(state, circumstances);
  if (late === undefined) return [];
  return [postponed(late, now.monotonicMs + config.transactionAbortTimedOutTransactionCleanupIntervalMs)];
}

function firstTimedOut(state: Readonly<TransactionsState>, circumstances: Circumstances): Transaction | undefined {
  for (const id of state.ongoing) {
    const transaction = state.transactions.get(id);
    const notBeforeMs = state.timeoutsPostponed.get(id) ?? Number.NEGATIVE_INFINITY;
    if (transaction === undefined || notBeforeMs > circumstances.now.monotonicMs) continue;
    if (isTimedOut(transaction, circumstances)) return transaction;
  }
  return undefined;
}

function isTimedOut({ logged }: Transaction, { now }: Circumstances): boolean {
  const { state, transactionTimeoutMs, transactionStartTimestampMs } = logged;
  if (state !== "Ongoing" || transactionTimeoutMs === NO_TIMEOUT_MS) return false;
  return transactionStartTimestampMs + transactionTimeoutMs < now.wallMs;
}

function postponed({ id }: Transaction, untilMs: number): TransactionTouch {
  return { type: "postponeTimeout", transactionalId: id, untilMs };
}
