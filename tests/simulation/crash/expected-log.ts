/**
 * What must be true of one partition's log, as its clients know it: the records whose produce was answered or that a
 * consumer saw, and everything that was ever sent.
 */
import { invariant } from "../../../src/lib/invariant.js";
import type { Place } from "../calls.js";
import type { FetchedRecord } from "../records-in.js";

/** What has happened to the broker since its logs were looked at; each of them may do what those before it do. */
export const faults = ["none", "kill", "power cut"] as const;
export type Fault = (typeof faults)[number];

/** A log as a consumer reads it, from its first offset to its end. */
export interface FoundLog {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly records: readonly FetchedRecord[];
}

export class ExpectedLog {
  readonly place: Place;
  #known = new Map<number, string>();
  #knownEnd = 0;
  readonly #sent = new Set<string>();
  /** What was found here after a start is durable: not even a power cut may lose it. */
  #durableEnd = 0;
  /** How far a DeleteRecords may have gone. */
  #deletedBefore = 0;

  constructor(place: Place) {
    this.place = place;
  }

  /** Behind the last record that is known to be there. */
  get knownEnd(): number {
    return this.#knownEnd;
  }

  sending(values: readonly string[]): void {
    for (const value of values) this.#sent.add(value);
  }

  acknowledged(baseOffset: number, values: readonly string[]): void {
    for (const [index, value] of values.entries()) this.seen(baseOffset + index, value);
  }

  /** The record at an offset never changes, and nothing is there that nobody sent. */
  seen(offset: number, value: string): void {
    invariant(this.#sent.has(value), `${this.#at(offset)} holds what nobody sent: ${brief(value)}`);
    const before = this.#known.get(offset) ?? value;
    invariant(before === value, `${this.#at(offset)} held ${brief(before)}, now it holds ${brief(value)}`);
    this.#known.set(offset, value);
    this.#knownEnd = Math.max(this.#knownEnd, offset + 1);
  }

  deleting(beforeOffset: number): void {
    this.#deletedBefore = Math.max(this.#deletedBefore, beforeOffset);
  }

  /** Holds what was found after a start against what was known, and from now on takes it for known. */
  audit(found: FoundLog, since: Fault): void {
    const { startOffset, endOffset, records } = found;
    const values = new Map(records.map(({ offset, value }) => [offset, value]));
    const where = `${this.#name} from ${startOffset} to ${endOffset}`;
    invariant(startOffset <= this.#deletedBefore, `${where} begins too late: ${this.#deletedBefore} was asked for`);
    const endMin = since === "power cut" ? this.#durableEnd : this.knownEnd;
    invariant(endOffset >= endMin, `after "${since}", ${where} lost records: ${endMin} was its end`);
    invariant(values.size === endOffset - startOffset, `${where} has ${values.size} records: there are gaps`);
    invariant(new Set(values.values()).size === values.size, `${where} holds a record twice`);
    for (const [offset, value] of values) this.seen(offset, value);
    this.#known = values;
    this.#knownEnd = endOffset;
    this.#durableEnd = endOffset;
  }

  get #name(): string {
    return `${this.place.topic}-${this.place.partition}`;
  }

  #at(offset: number): string {
    return `${this.#name} at offset ${offset}`;
  }
}

function brief(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40)}… (${value.length})` : value;
}
