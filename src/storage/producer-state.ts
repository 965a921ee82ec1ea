/**
 * What a partition remembers of each idempotent producer (KIP-98): its epoch and its last five batches. With it a retry
 * is answered instead of written twice, and a gap in the sequence is refused.
 */
import { type ErrorCode, errors } from "../protocol/errors.js";
import { type RecordBatch, sequenceAfter } from "../protocol/records/batch.js";
import { NO_PRODUCER_EPOCH, NO_PRODUCER_ID, NO_SEQUENCE } from "../protocol/records/layout.js";

/** As many as a client may have in flight: `max.in.flight.requests.per.connection`. */
const BATCHES_KEPT = 5;

export interface ProducerEntry {
  epoch: number;
  lastTimestampMs: number;
  /** Of the coordinator that wrote the last marker; -1: none yet. */
  coordinatorEpoch: number;
  /** The oldest first. Empty after a marker, until the producer writes again. */
  batches: AppendedBatch[];
}

interface AppendedBatch {
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly maxTimestampMs: number;
}

export type ProducerVerdict =
  | { readonly name: "append" }
  | { readonly name: "duplicate"; readonly of: AppendedBatch }
  | { readonly name: "refuse"; readonly errorCode: ErrorCode; readonly errorMessage: string };

const APPEND: ProducerVerdict = { name: "append" };

export class ProducerState {
  readonly #entries = new Map<number, ProducerEntry>();

  get entries(): ReadonlyMap<number, ProducerEntry> {
    return this.#entries;
  }

  /** May this batch be appended? Changes nothing. Coordinators write for producers without counting their sequences. */
  check(batch: RecordBatch, origin: "client" | "coordinator"): ProducerVerdict {
    const { producerId } = batch;
    if (producerId === NO_PRODUCER_ID) return APPEND;
    const entry = this.#entries.get(producerId);
    if (entry === undefined) return APPEND;
    const { producerEpoch, baseSequence, lastSequence } = batch;
    if (origin === "client" && producerEpoch === entry.epoch) {
      const of = entry.batches.find((one) => one.baseSequence === baseSequence && one.lastSequence === lastSequence);
      if (of !== undefined) return { name: "duplicate", of };
    }
    if (producerEpoch < entry.epoch) return refuseEpoch(producerId, producerEpoch, entry.epoch);
    return origin === "client" ? checkSequence(entry, producerId, producerEpoch, baseSequence) : APPEND;
  }

  /** Learns from a batch that is in the log. */
  note(batch: RecordBatch): void {
    const { producerId, producerEpoch } = batch;
    if (producerId === NO_PRODUCER_ID) return;
    const entry = this.#entryFor(producerId);
    if (entry.epoch !== producerEpoch) entry.batches = [];
    entry.epoch = producerEpoch;
    entry.lastTimestampMs = batch.maxTimestampMs;
    if (batch.isControl) return;
    if (entry.batches.length === BATCHES_KEPT) entry.batches.shift();
    const { baseSequence, lastSequence, baseOffset, lastOffset, maxTimestampMs } = batch;
    entry.batches.push({ baseSequence, lastSequence, baseOffset, lastOffset, maxTimestampMs });
  }

  restore(producerId: number, entry: ProducerEntry): void {
    this.#entries.set(producerId, entry);
  }

  /** Forgets producers that have been silent for so long. */
  expire(nowMs: number, expirationMs: number): void {
    for (const [producerId, entry] of this.#entries) {
      if (nowMs - entry.lastTimestampMs >= expirationMs) this.#entries.delete(producerId);
    }
  }

  clear(): void {
    this.#entries.clear();
  }

  #entryFor(producerId: number): ProducerEntry {
    const known = this.#entries.get(producerId);
    if (known !== undefined) return known;
    const entry = { epoch: NO_PRODUCER_EPOCH, lastTimestampMs: -1, coordinatorEpoch: -1, batches: [] };
    this.#entries.set(producerId, entry);
    return entry;
  }
}

/** A new epoch begins with sequence 0, the same epoch goes on where it was. */
function checkSequence(entry: ProducerEntry, producerId: number, epoch: number, baseSequence: number): ProducerVerdict {
  const last = entry.batches.at(-1)?.lastSequence ?? NO_SEQUENCE;
  const expected = epoch === entry.epoch && last !== NO_SEQUENCE ? sequenceAfter(last, 1) : 0;
  if (baseSequence === expected) return APPEND;
  return {
    name: "refuse",
    errorCode: errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code,
    errorMessage: `Producer ${producerId} sent sequence ${baseSequence}, expected was ${expected}`,
  };
}

function refuseEpoch(producerId: number, epoch: number, lastEpoch: number): ProducerVerdict {
  return {
    name: "refuse",
    errorCode: errors.INVALID_PRODUCER_EPOCH.code,
    errorMessage: `Producer ${producerId} has epoch ${epoch}, but epoch ${lastEpoch} was seen`,
  };
}
