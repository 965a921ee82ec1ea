/**
 * What was sent and what was read, a byte for each record: a soak has millions. It finds what the checker of histories finds
 * of single records: lost, there twice, aborted and shown, out of order.
 */
import {
  type Complaint,
  type HistoryEvent,
  numberOf,
  type Poll,
  type SentBatch,
  writerOf,
} from "../checker/history.js";

const ACKNOWLEDGED = 1;
const ABORTED = 2;
const READ = 4;
const FIRST_RECORDS = 1_024;
const FINDINGS_MAX = 1_000;

export class Tally {
  readonly findings: string[] = [];
  /** Of each writer, by the number of the record. */
  readonly #records = new Map<string, Uint8Array>();
  /** By writer and partition: the last number that was read. */
  readonly #last = new Map<string, number>();
  acknowledged = 0;
  aborted = 0;
  unknown = 0;
  read = 0;
  batches = 0;

  readonly record = (event: HistoryEvent): void => {
    switch (event.what) {
      case "sent":
        this.#sent(event);
        break;
      case "polled":
        this.#polled(event);
        break;
      case "complaint":
        this.#complained(event);
        break;
      case "delivered":
        break;
    }
  };

  /** When everything has been read. */
  close(): void {
    for (const [writer, states] of this.#records) {
      states.forEach((state, number) => {
        if (state === ACKNOWLEDGED) this.#finds(`lost: ${writer}:${number} was acknowledged and is gone`);
        if (state === (ABORTED | READ)) this.#finds(`aborted shown: ${writer}:${number}`);
      });
    }
  }

  #sent({ writer, values, outcome, error, kind }: SentBatch): void {
    this.batches++;
    if (outcome === "refused") this.#finds(`refused: ${kind} ${values[0]} for good: ${error}`);
    if (outcome === "acknowledged") this.acknowledged += values.length;
    else if (outcome === "aborted") this.aborted += values.length;
    else this.unknown += values.length;
    const bit = outcome === "acknowledged" ? ACKNOWLEDGED : outcome === "aborted" ? ABORTED : 0;
    for (const value of values) this.#mark(writer, numberOf(value), bit);
  }

  #polled({ reader, partition, records }: Poll): void {
    this.read += records.length;
    for (const [offset, value] of records) {
      const [writer, number] = [writerOf(value), numberOf(value)];
      const at = `${value} at ${partition}@${offset}`;
      if ((this.#mark(writer, number, READ) & READ) !== 0) this.#finds(`duplicated: ${reader} read ${at} again`);
      const sequence = `${writer} ${partition}`;
      const before = this.#last.get(sequence) ?? -1;
      // A plain writer goes on without an answer, so that an earlier batch may arrive behind a later one.
      if (number < before && !writer.includes("plain")) this.#finds(`out of order: ${at} behind ${before}`);
      this.#last.set(sequence, Math.max(before, number));
    }
  }

  #complained({ who, says }: Complaint): void {
    this.#finds(`complaint: ${who}: ${says}`);
  }

  /** Gives what was known of the record before. */
  #mark(writer: string, number: number, bit: number): number {
    let states = this.#records.get(writer) ?? new Uint8Array(FIRST_RECORDS);
    if (number >= states.length) {
      const larger = new Uint8Array(2 * number);
      larger.set(states);
      states = larger;
    }
    this.#records.set(writer, states);
    const before = states[number] ?? 0;
    states[number] = before | bit;
    return before;
  }

  #finds(says: string): void {
    if (this.findings.length < FINDINGS_MAX) this.findings.push(`${new Date().toISOString()} ${says}`);
  }
}
