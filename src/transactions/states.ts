/**
 * The states of a transaction, as in Apache Kafka's TransactionState: their numbers in the log, their names in answers,
 * and from which state each may be entered. Every change of state goes through this table.
 */

/** A producer is given epochs below this one only, so that it can always be fenced by a higher one. */
const EPOCH_MAX = 32767;
/** The last epoch that a producer is given: after it, it gets a new producer id. */
export const LAST_PRODUCER_EPOCH = EPOCH_MAX - 1;

/** KIP-939: whoever takes part in two-phase commit decides alone when it ends. */
export const NO_TIMEOUT_MS = 2 ** 31 - 1;

export const transactionStates = {
  /** No transaction was begun since the producer was initialised. */
  Empty: { id: 0, from: ["Empty", "CompleteCommit", "CompleteAbort"] },
  /** Partitions were added. */
  Ongoing: { id: 1, from: ["Ongoing", "Empty", "CompleteCommit", "CompleteAbort"] },
  /** It will be committed, whatever happens: the markers are being written. */
  PrepareCommit: { id: 2, from: ["Ongoing"] },
  /** It will be aborted. A client of the second generation may abort what it never began (KIP-890). */
  PrepareAbort: { id: 3, from: ["Ongoing", "PrepareEpochFence", "Empty", "CompleteCommit", "CompleteAbort"] },
  /** All markers are written. */
  CompleteCommit: { id: 4, from: ["PrepareCommit"] },
  CompleteAbort: { id: 5, from: ["PrepareAbort"] },
  /** The transactional id was not used for long and is forgotten. Never written: a tombstone is. */
  Dead: { id: 6, from: ["Empty", "CompleteAbort", "CompleteCommit"] },
  /** In Kafka, for the time between deciding to fence a producer and aborting its transaction; here that is one step. */
  PrepareEpochFence: { id: 7, from: ["Ongoing"] },
} as const satisfies { readonly [name: string]: { readonly id: number; readonly from: readonly string[] } };

export type TransactionState = keyof typeof transactionStates;

/** The states in which a transaction is ever found. */
export type LoggedState = Exclude<TransactionState, "Dead" | "PrepareEpochFence">;

export function mayBecome(from: LoggedState, to: TransactionState): boolean {
  const allowed: readonly TransactionState[] = transactionStates[to].from;
  return allowed.includes(from);
}

/** The outcome is in the log, and not yet in all of the partitions. */
export function isPrepared(state: LoggedState): state is "PrepareCommit" | "PrepareAbort" {
  return state === "PrepareCommit" || state === "PrepareAbort";
}

export function isStateName(name: string): name is TransactionState {
  return Object.hasOwn(transactionStates, name);
}

export function isExhausted(producerEpoch: number): boolean {
  return producerEpoch >= LAST_PRODUCER_EPOCH;
}

/** Never beyond the highest, which no producer is ever given. */
export function epochAfter(producerEpoch: number): number {
  return Math.min(producerEpoch + 1, EPOCH_MAX);
}

/** From this version on every end of a transaction bumps the epoch (KIP-890). */
export function bumpsEpoch(transactionVersion: number): boolean {
  return transactionVersion >= 2;
}
