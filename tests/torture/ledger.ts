/**
 * Who wrote what and what was acknowledged. Each record carries its producer, its number and a checksum, so that a record
 * that is lost, changed, repeated or out of order is seen when everything is read back.
 */
import { crc32c } from "../../src/protocol/records/crc32c.js";

export interface Verdict {
  readonly read: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly corrupted: number;
  /** Out of the order in which their producer sent them, or there twice. */
  readonly outOfOrder: number;
}

const CHECKSUM_CHARACTERS = 8;
const PADDING_CHARACTERS_MAX = 300;

export class Ledger {
  /** By partition and producer: the numbers that were acknowledged, in order. */
  readonly #acknowledged = new Map<string, number[]>();
  #last = 0;
  #count = 0;

  get acknowledgedCount(): number {
    return this.#count;
  }

  /** Numbers rise: in the order of one producer they say what came first. */
  nextNumber(): number {
    return ++this.#last;
  }

  acknowledged(partition: number, producer: string, numbers: readonly number[]): void {
    const key = `${partition} ${producer}`;
    const known = this.#acknowledged.get(key) ?? [];
    this.#acknowledged.set(key, known);
    known.push(...numbers);
    this.#count += numbers.length;
  }

  /** How many were acknowledged of each, to be held later against what is read from now on. */
  mark(): ReadonlyMap<string, number> {
    return new Map([...this.#acknowledged].map(([key, numbers]) => [key, numbers.length]));
  }

  /** `values` of each partition in the order of its log, read after the mark was taken. */
  judge(mark: ReadonlyMap<string, number>, values: readonly (readonly string[])[]): Verdict {
    let [read, acknowledged, lost, corrupted, outOfOrder] = [0, 0, 0, 0, 0];
    const found = new Map<string, Set<number>>();
    for (const [partition, inPartition] of values.entries()) {
      const latest = new Map<string, number>();
      for (const value of inPartition) {
        read++;
        const record = parse(value);
        if (record === null || record.partition !== partition || record.number > this.#last) {
          corrupted++;
          continue;
        }
        const { producer, number } = record;
        if (number <= (latest.get(producer) ?? 0)) outOfOrder++;
        latest.set(producer, number);
        const key = `${partition} ${producer}`;
        const numbers = found.get(key) ?? new Set();
        found.set(key, numbers.add(number));
      }
    }
    for (const [key, count] of mark) {
      acknowledged += count;
      const numbers = this.#acknowledged.get(key) ?? [];
      for (let at = 0; at < count; at++) if (!found.get(key)?.has(numbers[at] ?? 0)) lost++;
    }
    return { read, acknowledged, lost, corrupted, outOfOrder };
  }
}

export function numberedValue(partition: number, producer: string, number: number): string {
  const text = `${partition} ${producer} ${number} ${"x".repeat(number % PADDING_CHARACTERS_MAX)}`;
  return checksum(text) + text;
}

function parse(value: string): { partition: number; producer: string; number: number } | null {
  const text = value.slice(CHECKSUM_CHARACTERS);
  if (value.slice(0, CHECKSUM_CHARACTERS) !== checksum(text)) return null;
  const [partition, producer = "", number] = text.split(" ");
  return { partition: Number(partition), producer, number: Number(number) };
}

function checksum(text: string): string {
  return crc32c(Buffer.from(text)).toString(16).padStart(CHECKSUM_CHARACTERS, "0");
}
