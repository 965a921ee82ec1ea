/**
 * The state of one shard: all transactional ids of one partition of `__transaction_state`.
 *
 * What the log says is changed by `replay` alone: the transactions, and where the log ended. What it does not say is
 * changed by `touch` alone: markers on their way, earlier epochs, when to look for what next.
 */
import { emptyImage } from "../metadata/image/empty.js";
import type { MetadataImage } from "../metadata/image/image.js";
import type { TopicPartition } from "./partition-set.js";
import type { LoggedTransaction } from "./records/transaction-record.js";

export interface TransactionsState {
  readonly transactions: Map<string, Transaction>;
  /** The transactional ids whose transaction is Ongoing. */
  readonly ongoing: Set<string>;
  /** Where the log ended after the last record. */
  endOffset: number;
  /** Where the log ended when a transactional id was last removed: who finds none waits for this. */
  removalEndOffset: number;

  /** The markers that are still to be written, by transactional id: one entry for each prepared transaction. */
  readonly markers: Map<string, MarkersToWrite>;
  /** When markers that could not be written are tried again; null when none wait. */
  retryMarkersAtMs: number | null;
  /** When transactions that take too long are looked for; null until the log is loaded. */
  nextTimeoutCheckMs: number | null;
  /** Transactions that cannot be aborted at the moment are not looked at before that time. */
  readonly timeoutsPostponed: Map<string, number>;
  /** When unused transactional ids are looked for; null until the log is loaded. */
  nextExpiryMs: number | null;
  /** The cluster's metadata, as far as the shard has heard of it. */
  metadata: MetadataImage;
}

export interface Transaction {
  readonly id: string;
  logged: LoggedTransaction;
  /** Where the log ended after its last record: who reads it waits for this. */
  endOffset: number;
  /**
   * The epoch that the producer had before the present one, if it may come back to ask for the present one; else -1.
   * The log does not have it: after a reload it is known only where it follows from the record.
   */
  lastProducerEpoch: number;
}

export interface MarkersToWrite {
  readonly partitions: readonly TopicPartition[];
  /** An errand is out for them. */
  readonly underWay: boolean;
}

export function createTransactionsState(): TransactionsState {
  return {
    transactions: new Map(),
    ongoing: new Set(),
    endOffset: 0,
    removalEndOffset: 0,
    markers: new Map(),
    retryMarkersAtMs: null,
    nextTimeoutCheckMs: null,
    timeoutsPostponed: new Map(),
    nextExpiryMs: null,
    metadata: emptyImage,
  };
}
