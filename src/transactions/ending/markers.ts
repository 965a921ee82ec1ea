/**
 * The markers of prepared transactions, on their way to the partitions. A partition that could not take its marker is
 * tried again, for as long as it exists; what has been prepared is always completed in the end, also after a restart.
 */
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { partitionsOf, stillThere, type TopicPartition } from "../partition-set.js";
import { isPrepared } from "../states.js";
import {
  type Circumstances,
  decision,
  type MarkersWritten,
  type TransactionDecision,
  type TransactionTouch,
  type WriteMarkersErrand,
} from "../transaction-types.js";
import type { MarkersToWrite, Transaction, TransactionsState } from "../transactions-state.js";
import { completed, markersOf } from "./ending.js";

/** New metadata, such as a new leader, brings the next try forward. */
const RETRY_BACKOFF_MS = 250;
/** Transactions whose markers are tried again at a time; the others follow in the next turn. */
const RETRIES_MAX = 500;

export function decideMarkersWritten(
  state: Readonly<TransactionsState>,
  { errand, results }: MarkersWritten,
  circumstances: Circumstances,
): TransactionDecision {
  const done = new Set(results.filter(({ errorCode }) => isSettled(errorCode)).map(keyOf));
  const missing = errand.partitions.filter((partition) => !done.has(keyOf(partition)));
  const left = stillThere(missing, state.metadata);
  const transaction = state.transactions.get(errand.transactionalId);
  if (transaction === undefined || !state.markers.has(errand.transactionalId)) return decision({});
  return left.length === 0
    ? complete(transaction, circumstances)
    : decision({ touches: waitForRetry(state, errand, left, circumstances) });
}

/** The outcome could not be written down: it stays prepared, and is tried again. */
export function decideRefusedCompletion(
  state: Readonly<TransactionsState>,
  { errand }: MarkersWritten,
  circumstances: Circumstances,
): TransactionDecision {
  return decision({ touches: waitForRetry(state, errand, [], circumstances) });
}

/** One outcome that needs no more markers; or the markers of those that wait. */
export function decideRetry(state: Readonly<TransactionsState>, circumstances: Circumstances): TransactionDecision {
  const waiting = [...state.markers].flatMap(([id, markers]) => waitingOf(state, id, markers));
  const finished = waiting.find(({ partitions }) => partitions.length === 0);
  if (finished !== undefined) return complete(finished.transaction, circumstances);
  const retried = waiting.slice(0, RETRIES_MAX);
  return decision({
    touches: [
      { type: "retryMarkers", atMs: waiting.length > RETRIES_MAX ? circumstances.now.monotonicMs : null },
      ...retried.map(({ transaction, partitions }) => sent(transaction, partitions)),
    ],
    errands: retried.map(({ transaction: { id, logged }, partitions }) =>
      markersOf(id, logged, partitions, circumstances),
    ),
  });
}

/** What an earlier coordinator, or this one before a restart, had prepared. All markers are written again, which does no harm. */
export function resumePrepared(
  state: Readonly<TransactionsState>,
  circumstances: Circumstances,
): Pick<TransactionDecision, "touches" | "errands"> {
  const touches: TransactionTouch[] = [];
  const errands: WriteMarkersErrand[] = [];
  for (const transaction of state.transactions.values()) {
    const { id, logged } = transaction;
    if (!isPrepared(logged.state)) continue;
    const partitions = stillThere(partitionsOf(logged.partitions), state.metadata);
    if (partitions.length > 0) {
      touches.push(sent(transaction, partitions));
      errands.push(markersOf(id, logged, partitions, circumstances));
    } else {
      touches.push(...waitForRetry(state, { transactionalId: id }, [], circumstances));
    }
  }
  return { touches, errands };
}

/** A leader may be back, or a topic gone: those that wait are looked at now. */
export function retryNow({ markers }: Readonly<TransactionsState>, { now }: Circumstances): TransactionTouch[] {
  const someWait = [...markers.values()].some(({ underWay }) => !underWay);
  return someWait ? [{ type: "retryMarkers", atMs: now.monotonicMs }] : [];
}

export function retryLater(state: Readonly<TransactionsState>, { now }: Circumstances): TransactionTouch {
  const atMs = now.monotonicMs + RETRY_BACKOFF_MS;
  const isSooner = state.retryMarkersAtMs !== null && state.retryMarkersAtMs > now.monotonicMs;
  return { type: "retryMarkers", atMs: isSooner ? Math.min(atMs, state.retryMarkersAtMs ?? atMs) : atMs };
}

function waitingOf(state: Readonly<TransactionsState>, id: string, { partitions, underWay }: MarkersToWrite) {
  const transaction = state.transactions.get(id);
  if (underWay || transaction === undefined) return [];
  return [{ transaction, partitions: stillThere(partitions, state.metadata) }];
}

function complete({ id, logged }: Transaction, circumstances: Circumstances): TransactionDecision {
  return decision({
    records: [{ transactionalId: id, value: completed(logged, circumstances) }],
    touches: [{ type: "markersDone", transactionalId: id }],
  });
}

function sent({ id }: Transaction, partitions: readonly TopicPartition[]): TransactionTouch {
  return { type: "markersSent", transactionalId: id, partitions };
}

function waitForRetry(
  state: Readonly<TransactionsState>,
  { transactionalId }: { readonly transactionalId: string },
  partitions: readonly TopicPartition[],
  circumstances: Circumstances,
): TransactionTouch[] {
  return [{ type: "markersWait", transactionalId, partitions }, retryLater(state, circumstances)];
}

/**
 * The partition has the marker, or a later epoch of this producer id: then it has no open transaction of this one.
 * Kafka gives the whole transaction up at that error, and it stays prepared until the coordinator moves.
 */
function isSettled(errorCode: ErrorCode): boolean {
  return errorCode === errors.NONE.code || errorCode === errors.INVALID_PRODUCER_EPOCH.code;
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${partition}/${topic}`;
}
