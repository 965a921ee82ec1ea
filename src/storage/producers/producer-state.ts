/**
 * What a partition remembers of each idempotent producer (KIP-98): its epoch, its last five batches, and its transaction.
 * With it a retry is answered instead of written twice, a gap in the sequence is refused, and so is a transaction that
 * nobody would end.
 */
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { type RecordBatch, sequenceAfter } from "../../protocol/records/batch.js";
import { readEndTxnMarker } from "../../protocol/records/control.js";
import { NO_PRODUCER_EPOCH, NO_PRODUCER_ID, NO_SEQUENCE } from "../../protocol/records/layout.js";
import type { AppendOrigin, ProducerSeen } from "../log-results.js";
import type { AbortedTransaction } from "../segments/transaction-index.js";
import { OpenTransactions } from "./open-transactions.js";
import { type ProducerToVerify, type Verification, type VerificationBrought, Verifications } from "./verifications.js";

/** As many as a client may have in flight: `max.in.flight.requests.per.connection`. */
const BATCHES_KEPT = 5;

export interface ProducerEntry {
  epoch: number;
  lastTimestampMs: number;
  /** Of the coordinator that wrote the last marker; -1: none yet. */
  coordinatorEpoch: number;
  /** The oldest first, all of this epoch. */
  batches: AppendedBatch[];
}

interface AppendedBatch {
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly maxTimestampMs: number;
}

/** Ends a transaction in one partition. */
export interface TransactionMarker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly commit: boolean;
  /** Of the transaction coordinator that decided it. */
  readonly coordinatorEpoch: number;
  /** `transaction.version` under which it was decided. From 2 on every transaction has an epoch of its own (KIP-890). */
  readonly transactionVersion: number;
}

export interface ProducerRefusal {
  readonly name: "refuse";
  readonly errorCode: ErrorCode;
  readonly errorMessage: string;
}

export type ProducerVerdict =
  | { readonly name: "append" }
  | { readonly name: "duplicate"; readonly of: AppendedBatch }
  | ProducerRefusal;

const APPEND: ProducerVerdict = { name: "append" };

export class ProducerState {
  readonly transactions = new OpenTransactions();
  readonly verifications = new Verifications();
  readonly #entries = new Map<number, ProducerEntry>();

  get entries(): ReadonlyMap<number, ProducerEntry> {
    return this.#entries;
  }

  /** DescribeProducers. */
  seen(): readonly ProducerSeen[] {
    return [...this.#entries].map(([producerId, { epoch, lastTimestampMs, coordinatorEpoch, batches }]) => ({
      ...{ producerId, producerEpoch: epoch, lastTimestampMs, coordinatorEpoch },
      lastSequence: batches.at(-1)?.lastSequence ?? NO_SEQUENCE,
      currentTransactionStartOffset: this.transactions.firstOffsetOf(producerId),
    }));
  }

  /** "open": the producer has its transaction open, nobody needs to be asked. */
  beginVerification(producer: ProducerToVerify, nowMs: number): Verification | "open" | ProducerRefusal {
    const { producerId, producerEpoch } = producer;
    const epoch = this.#entries.get(producerId)?.epoch;
    if (epoch !== undefined && producerEpoch < epoch) return refuseEpoch(producerId, producerEpoch, epoch);
    const isOpen = producerEpoch === epoch && this.transactions.firstOffsetOf(producerId) !== null;
    return isOpen ? "open" : this.verifications.begin(producer, nowMs);
  }

  /** May this batch be appended? Changes nothing. Coordinators write for producers without counting their sequences. */
  check(batch: RecordBatch, origin: AppendOrigin, verification: VerificationBrought): ProducerVerdict {
    const { producerId } = batch;
    if (producerId === NO_PRODUCER_ID) return APPEND;
    const entry = this.#entries.get(producerId);
    const { producerEpoch, baseSequence, lastSequence } = batch;
    if (origin === "client" && entry?.epoch === producerEpoch) {
      const of = entry.batches.find((one) => one.baseSequence === baseSequence && one.lastSequence === lastSequence);
      if (of !== undefined) return { name: "duplicate", of };
    }
    if (entry !== undefined && producerEpoch < entry.epoch) return refuseEpoch(producerId, producerEpoch, entry.epoch);
    const isOpen = this.transactions.firstOffsetOf(producerId) !== null;
    if (batch.isTransactional && !(isOpen && entry?.epoch === producerEpoch)) {
      if (!this.verifications.isSatisfiedBy(producerId, verification)) return refuseState(UNKNOWN_TRANSACTION);
    }
    if (origin === "client") {
      const expected = expectedSequence(entry, producerEpoch, this.verifications.get(producerId), baseSequence);
      if (baseSequence !== expected) return refuseSequence(producerId, baseSequence, expected);
    }
    return isOpen && !batch.isTransactional ? refuseState(`Producer ${producerId} has a transaction open`) : APPEND;
  }

  /** May this marker be written? Null: yes. */
  checkMarker(marker: TransactionMarker): ProducerRefusal | null {
    const { producerId, producerEpoch, coordinatorEpoch, transactionVersion } = marker;
    const entry = this.#entries.get(producerId);
    if (entry === undefined) return null;
    // KIP-890: a marker of transaction version 2 has an epoch of its own. What it has ended it may end again.
    const isRetry = producerEpoch === entry.epoch && this.transactions.firstOffsetOf(producerId) === null;
    const hasOldEpoch =
      transactionVersion >= 2 && !isRetry ? producerEpoch <= entry.epoch : producerEpoch < entry.epoch;
    if (hasOldEpoch) return refuseEpoch(producerId, producerEpoch, entry.epoch);
    if (coordinatorEpoch >= entry.coordinatorEpoch) return null;
    return {
      name: "refuse",
      errorCode: errors.TRANSACTION_COORDINATOR_FENCED.code,
      errorMessage: `Coordinator epoch ${coordinatorEpoch} is older than ${entry.coordinatorEpoch}, which was seen`,
    };
  }

  /** Learns from a batch that is in the log; a marker needs its whole batch. Tells which transaction it has aborted. */
  note(batch: RecordBatch): AbortedTransaction | null {
    const { producerId, producerEpoch } = batch;
    if (producerId === NO_PRODUCER_ID) return null;
    const entry = this.#entryFor(producerId);
    if (entry.epoch !== producerEpoch) entry.batches = [];
    entry.epoch = producerEpoch;
    entry.lastTimestampMs = batch.maxTimestampMs;
    if (batch.isTransactional) this.verifications.written(batch);
    if (batch.isControl) return this.#noteMarker(entry, batch);
    if (entry.batches.length === BATCHES_KEPT) entry.batches.shift();
    const { baseSequence, lastSequence, baseOffset, lastOffset, maxTimestampMs } = batch;
    entry.batches.push({ baseSequence, lastSequence, baseOffset, lastOffset, maxTimestampMs });
    // Compaction empties only batches of transactions that are decided, and their markers may be gone.
    if (batch.isTransactional && batch.recordsCount > 0) this.transactions.begin(producerId, baseOffset);
    return null;
  }

  restore(producerId: number, entry: ProducerEntry): void {
    this.#entries.set(producerId, entry);
  }

  /** Forgets producers that have been silent for so long by the timestamps of their records, unless their transaction is open. */
  expire(nowMs: number, expirationMs: number): void {
    this.verifications.expire(nowMs, expirationMs);
    for (const [producerId, entry] of this.#entries) {
      const isSilent = nowMs - entry.lastTimestampMs >= expirationMs;
      if (isSilent && this.transactions.firstOffsetOf(producerId) === null) this.#entries.delete(producerId);
    }
  }

  #noteMarker(entry: ProducerEntry, batch: RecordBatch): AbortedTransaction | null {
    const marker = readEndTxnMarker(batch);
    // Compaction has emptied it: its transaction has left nothing in the log.
    if (marker === null) return null;
    entry.coordinatorEpoch = marker.coordinatorEpoch;
    const { producerId, lastOffset } = batch;
    const ended = this.transactions.end(producerId, lastOffset);
    return ended === null || marker.commit ? null : { producerId, lastOffset, ...ended };
  }

  #entryFor(producerId: number): ProducerEntry {
    const known = this.#entries.get(producerId);
    if (known !== undefined) return known;
    const entry = { epoch: NO_PRODUCER_EPOCH, lastTimestampMs: -1, coordinatorEpoch: -1, batches: [] };
    this.#entries.set(producerId, entry);
    return entry;
  }
}

const UNKNOWN_TRANSACTION = "Record was not part of an ongoing transaction";

/** A new epoch begins with sequence 0, the same epoch goes on where it was; a producer that is not known may begin anywhere. */
function expectedSequence(
  entry: ProducerEntry | undefined,
  epoch: number,
  verification: Verification | undefined,
  baseSequence: number,
): number {
  const last = entry?.batches.at(-1);
  if (verification !== undefined) {
    // KIP-890: each transaction of version 2 has an epoch of its own, so what is not known begins at 0.
    if (verification.supportsEpochBump && last === undefined) return 0;
    // The first batch failed to be verified and comes again: those behind it must not overtake it.
    if (baseSequence > verification.lowestSequence) return verification.lowestSequence;
  }
  if (entry === undefined) return baseSequence;
  return epoch === entry.epoch && last !== undefined && last.lastSequence !== NO_SEQUENCE
    ? sequenceAfter(last.lastSequence, 1)
    : 0;
}

function refuseSequence(producerId: number, baseSequence: number, expected: number): ProducerRefusal {
  return {
    name: "refuse",
    errorCode: errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code,
    errorMessage: `Producer ${producerId} sent sequence ${baseSequence}, expected was ${expected}`,
  };
}

function refuseState(errorMessage: string): ProducerRefusal {
  return { name: "refuse", errorCode: errors.INVALID_TXN_STATE.code, errorMessage };
}

function refuseEpoch(producerId: number, epoch: number, lastEpoch: number): ProducerRefusal {
  return {
    name: "refuse",
    errorCode: errors.INVALID_PRODUCER_EPOCH.code,
    errorMessage: `Producer ${producerId} has epoch ${epoch}, but epoch ${lastEpoch} was seen`,
  };
}
