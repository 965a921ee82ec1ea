/**
 * What must be true of transactions, as their clients know them. Every record, and every offset of a group that is
 * committed within a transaction, carries the transaction's number.
 */
import { invariant } from "../../../src/lib/invariant.js";
import type { Place } from "../calls.js";
import type { FetchedRecord } from "../records-in.js";
import type { ProducerIdentity } from "../transaction-calls.js";

export interface ExpectedTransaction {
  /** They grow in the order in which the transactions of one transactional id may be committed. */
  readonly number: number;
  readonly transactionalId: string;
  readonly epoch: number;
  /** `hidden`: nobody asked for its commit. `unsure`: a commit was asked for, and nobody knows of its outcome. */
  outcome: "hidden" | "unsure" | "shown";
  /** Its producer is fenced: what is not committed by then never will be. */
  isOver: boolean;
  /** What was answered: all of it, once a commit is asked for. */
  readonly records: { readonly place: Place; readonly offset: number }[];
  hasOffset: boolean;
}

export interface FoundPartition {
  readonly place: Place;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  /** What is there, and what a reader of committed records sees of it. */
  readonly all: readonly FetchedRecord[];
  readonly committed: readonly FetchedRecord[];
}

export interface FoundLedger {
  readonly partitions: readonly FoundPartition[];
  /** By transactional id: the transaction that committed the offset of its group. */
  readonly offsets: ReadonlyMap<string, number | null>;
  /** The coordinator knows of no transaction that is under way. */
  readonly isQuiet: boolean;
}

/** A topic that only transactions write to. Another one takes its place when a power cut has torn their records apart. */
export class ExpectedLedger {
  readonly topic: string;
  /** Empty until the topic is there. */
  places: readonly Place[] = [];
  readonly #transactions: ExpectedTransaction[] = [];
  readonly #known = new Map<Place, Map<number, string>>();
  /** By transactional id: the epoch of its newest producer, as far as its clients know. */
  readonly #epochs = new Map<string, number>();

  constructor(era: number) {
    this.topic = `ledger-${era}`;
  }

  /** Where the offsets of groups are committed for. */
  get firstPlace(): Place {
    const [first] = this.places;
    invariant(first !== undefined, "the topic is there");
    return first;
  }

  get transactionalIds(): readonly string[] {
    return [...this.#epochs.keys()];
  }

  /** Whoever has an older epoch is fenced. */
  initialised({ transactionalId, epoch }: ProducerIdentity): void {
    this.#epochs.set(transactionalId, Math.max(epoch, this.#epochs.get(transactionalId) ?? 0));
    for (const transaction of this.#transactions) {
      if (transaction.transactionalId === transactionalId && transaction.epoch < epoch) transaction.isOver = true;
    }
  }

  begin({ transactionalId, epoch }: ProducerIdentity): ExpectedTransaction {
    const isOver = epoch < (this.#epochs.get(transactionalId) ?? 0);
    const begun = { records: [], hasOffset: false, isOver, outcome: "hidden" as const };
    const transaction = { number: this.#transactions.length, transactionalId, epoch, ...begun };
    this.#transactions.push(transaction);
    return transaction;
  }

  acknowledged(transaction: ExpectedTransaction, place: Place, baseOffset: number, values: readonly string[]): void {
    for (const [index, value] of values.entries()) {
      transaction.records.push({ place, offset: baseOffset + index });
      this.#seen(place, baseOffset + index, value);
    }
  }

  asksForCommit(transaction: ExpectedTransaction): void {
    if (!transaction.isOver && transaction.outcome === "hidden") transaction.outcome = "unsure";
  }

  /** Its commit was answered, or a reader saw something of it. */
  committed(transaction: ExpectedTransaction): void {
    const { number, transactionalId, outcome } = transaction;
    invariant(outcome !== "hidden", `transaction ${number} of ${transactionalId} is committed: nobody could do that`);
    transaction.outcome = "shown";
  }

  /** A reader of committed records met it. */
  read(place: Place, { offset, value }: FetchedRecord): void {
    this.committed(this.#transactionOf(value));
    this.#seen(place, offset, value);
  }

  audit(found: FoundLedger): void {
    const visible = new Map<number, number>();
    for (const partition of found.partitions) this.#auditPartition(partition, found.isQuiet, visible);
    for (const transaction of this.#transactions) {
      this.#auditTransaction(transaction, visible.get(transaction.number) ?? 0, found);
    }
  }

  #auditPartition(found: FoundPartition, isQuiet: boolean, visible: Map<number, number>): void {
    const { place, all, committed, highWatermark, lastStableOffset } = found;
    const where = `${place.topic}-${place.partition}`;
    const values = new Map(all.map(({ offset, value }) => [offset, value]));
    for (const [offset, value] of this.#known.get(place) ?? []) {
      invariant(values.get(offset) === value, `${where} lost the record at offset ${offset}, or changed it`);
    }
    invariant(new Set(values.values()).size === values.size, `${where} holds a record twice`);
    const isStable = !isQuiet || lastStableOffset === highWatermark;
    invariant(isStable, `${where} is stable up to ${lastStableOffset}, not ${highWatermark}: nobody will end it`);
    for (const record of committed) {
      const { number } = this.#transactionOf(record.value);
      visible.set(number, (visible.get(number) ?? 0) + 1);
      this.read(place, record);
    }
  }

  /** It is there as a whole, or not at all, as far as no transaction that is under way lies before it. */
  #auditTransaction(transaction: ExpectedTransaction, visible: number, found: FoundLedger): void {
    const { number, transactionalId, records, hasOffset } = transaction;
    const { offsets, partitions } = found;
    const offsetOf = hasOffset ? (offsets.get(transactionalId) ?? -1) : null;
    if (offsetOf === number) this.committed(transaction);
    if (transaction.outcome === "shown") {
      const stable = records.filter(({ place, offset }) => offset < stableEnd(partitions, place)).length;
      invariant(visible === stable, `transaction ${number} shows ${visible} of its ${stable} records`);
      const isNewest = offsetOf === null || offsetOf >= number;
      invariant(isNewest, `transaction ${number} of ${transactionalId} is committed, but the offset of ${offsetOf} is`);
    } else if (transaction.isOver && found.isQuiet) transaction.outcome = "hidden";
  }

  /** The record at an offset never changes. */
  #seen(place: Place, offset: number, value: string): void {
    const known = this.#known.get(place) ?? new Map<number, string>();
    this.#known.set(place, known);
    const before = known.get(offset) ?? value;
    invariant(
      before === value,
      `${place.topic}-${place.partition} holds another record at offset ${offset} than before`,
    );
    known.set(offset, value);
  }

  #transactionOf(value: string): ExpectedTransaction {
    const transaction = this.#transactions[Number.parseInt(value, 10)];
    invariant(transaction !== undefined, `nobody sent ${value}`);
    return transaction;
  }
}

function stableEnd(partitions: readonly FoundPartition[], place: Place): number {
  return partitions.find((partition) => partition.place === place)?.lastStableOffset ?? 0;
}
