/**
 * Timestamp → offset, sparse: an entry says that up to this offset no record is later than this timestamp. It is the
 * timestamp (int64) and the offset, less the base offset of the segment (int32).
 */
import { readInt64, writeInt64 } from "../../protocol/records/int64.js";
import type { IndexEntries } from "./index-entries.js";

export const TIME_ENTRY_BYTES = 12;

export interface TimestampOffset {
  /** -1: no record has a timestamp. */
  readonly timestampMs: number;
  /** The last offset of the batch with that timestamp. */
  readonly offset: number;
}

export class TimeIndex {
  readonly #baseOffset: number;
  readonly #entries: IndexEntries;

  constructor(baseOffset: number, entries: IndexEntries) {
    this.#baseOffset = baseOffset;
    this.#entries = entries;
  }

  /** One entry is kept free for the end of the segment. */
  isFull(indexBytesMax: number): boolean {
    return this.#entries.count >= Math.floor(indexBytesMax / TIME_ENTRY_BYTES) - 1;
  }

  get last(): TimestampOffset {
    const { count } = this.#entries;
    return count === 0 ? { timestampMs: -1, offset: this.#baseOffset } : this.#at(count - 1);
  }

  /** The same without loading the index; null when it is missing or damaged, as far as two entries tell. */
  readLast(): TimestampOffset | null {
    return this.#lastOf(this.#entries.readLast(2));
  }

  async readLastCold(): Promise<TimestampOffset | null> {
    return this.#lastOf(await this.#entries.readLastCold(2));
  }

  #lastOf(last: Buffer | null): TimestampOffset | null {
    if (last === null) return null;
    const [first, second] = [0, TIME_ENTRY_BYTES].filter((at) => at < last.length).map((at) => this.#read(last, at));
    if (first === undefined) return { timestampMs: -1, offset: this.#baseOffset };
    if (second === undefined) return first.timestampMs > 0 ? first : null;
    return second.timestampMs > first.timestampMs && second.offset >= first.offset ? second : null;
  }

  /** Entries rise: a timestamp that is not later than the last one tells nothing new. */
  append({ timestampMs, offset }: TimestampOffset): void {
    if (timestampMs <= this.last.timestampMs) return;
    const at = this.#entries.append();
    writeInt64(this.#entries.bytes, timestampMs, at);
    this.#entries.bytes.writeInt32BE(offset - this.#baseOffset, at + 8);
  }

  /** Up to this offset every record is earlier than `timestampMs`. */
  offsetBefore(timestampMs: number): number {
    let [low, high] = [0, this.#entries.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#at(middle).timestampMs < timestampMs) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? this.#baseOffset : this.#at(low - 1).offset;
  }

  /** Forgets the entries from `offset` on. */
  truncate(offset: number): void {
    let { count } = this.#entries;
    while (count > 0 && this.#at(count - 1).offset >= offset) count--;
    this.#entries.truncate(count);
  }

  /** Whether the entries rise, as they must: false for a damaged file. */
  isOrdered(): boolean {
    for (let entry = 0; entry < this.#entries.count; entry++) {
      const { timestampMs, offset } = this.#at(entry);
      if (offset < this.#baseOffset) return false;
      if (entry === 0) continue;
      const before = this.#at(entry - 1);
      if (timestampMs <= before.timestampMs || offset < before.offset) return false;
    }
    return true;
  }

  #at(entry: number): TimestampOffset {
    return this.#read(this.#entries.bytes, entry * TIME_ENTRY_BYTES);
  }

  #read(bytes: Buffer, at: number): TimestampOffset {
    return { timestampMs: readInt64(bytes, at), offset: this.#baseOffset + bytes.readInt32BE(at + 8) };
  }
}
