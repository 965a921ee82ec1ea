/** What clients did and saw while a cluster suffered, one event behind the other: what the checker judges. */

type WriterKind = "idempotent" | "plain" | "transactional";

/**
 * What a writer learned of its batch. `unknown`: the answer was lost, or says so itself. `aborted`: it was part of a
 * transaction that was aborted. `refused`: an error that no repetition cures, which an application would see.
 */
export type Outcome = "acknowledged" | "aborted" | "unknown" | "refused";

export type HistoryEvent = SentBatch | Poll | Delivery | Complaint;

export interface SentBatch {
  readonly what: "sent";
  readonly kind: WriterKind;
  readonly writer: string;
  readonly partition: number;
  /** As `numberedValue` makes them; the numbers of a writer rise. */
  readonly values: readonly string[];
  /** Of the writer, where it writes in transactions. */
  readonly transaction: number | null;
  readonly outcome: Outcome;
  /** Where the broker said that the batch lies; null: it did not say. */
  readonly baseOffset: number | null;
  readonly error: string | null;
  /** Wall time. */
  readonly endedMs: number;
}

export type Isolation = "committed" | "uncommitted";

/** One answered fetch of a reader that goes through the partition from its beginning. */
export interface Poll {
  readonly what: "polled";
  readonly reader: string;
  readonly isolation: Isolation;
  /** A final reader began when all writers had ended and all brokers were back. */
  readonly isFinal: boolean;
  readonly partition: number;
  readonly from: number;
  /** Where it reads on: behind the last batch, whatever was in that. */
  readonly next: number;
  readonly records: readonly (readonly [offset: number, value: string])[];
}

/** A record that a member of a consumer group was given. */
export interface Delivery {
  readonly what: "delivered";
  readonly group: string;
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
}

/** What a client met and no broker may do: a damaged batch, an offset out of range. */
export interface Complaint {
  readonly what: "complaint";
  readonly who: string;
  readonly says: string;
}

export function numberedValue(writer: string, number: number): string {
  return `${writer}:${number}`;
}

export function writerOf(value: string): string {
  return value.slice(0, value.lastIndexOf(":"));
}

export function numberOf(value: string): number {
  return Number(value.slice(value.lastIndexOf(":") + 1));
}
