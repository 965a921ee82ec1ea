/**
 * Offset → position in the segment's file, sparse: an entry about every `index.interval.bytes`. An entry is the last
 * offset of a batch, less the base offset of the segment (int32), and where that batch begins (int32).
 */
import type { IndexEntries } from "./index-entries.js";

export const OFFSET_ENTRY_BYTES = 8;
/** Offsets in an index are relative to the segment and have 31 bits. */
export const RELATIVE_OFFSET_MAX = 0x7fff_ffff;

export class OffsetIndex {
  readonly #baseOffset: number;
  readonly #entries: IndexEntries;

  constructor(baseOffset: number, entries: IndexEntries) {
    this.#baseOffset = baseOffset;
    this.#entries = entries;
  }

  isFull(indexBytesMax: number): boolean {
    return this.#entries.count >= Math.floor(indexBytesMax / OFFSET_ENTRY_BYTES);
  }

  /** The position of the last batch that has an entry, 0 if none has. */
  get lastPosition(): number {
    return this.#entries.count === 0 ? 0 : this.#positionAt(this.#entries.count - 1);
  }

  /** The same without loading the index; null when it is missing or damaged. */
  readLastPosition(): number | null {
    const last = this.#entries.readLast(1);
    if (last === null || last.length === 0) return last === null ? null : 0;
    return Math.max(0, last.readInt32BE(4));
  }

  append(lastOffset: number, position: number): void {
    const at = this.#entries.append();
    this.#entries.bytes.writeInt32BE(lastOffset - this.#baseOffset, at);
    this.#entries.bytes.writeInt32BE(position, at + 4);
  }

  /** Where to begin searching for the batch with this offset: it does not lie before. */
  positionBefore(offset: number): number {
    const entry = this.#lastEntryUpTo(offset);
    return entry < 0 ? 0 : this.#positionAt(entry);
  }

  /** Forgets the entries from `offset` on. */
  truncate(offset: number): void {
    this.#entries.truncate(this.#lastEntryUpTo(offset - 1) + 1);
  }

  /** Whether the entries rise, as they must: false for a damaged file. */
  isOrdered(logBytes: number): boolean {
    for (let entry = 0; entry < this.#entries.count; entry++) {
      const [offset, position] = [this.#offsetAt(entry), this.#positionAt(entry)];
      if (offset < this.#baseOffset || position < 0 || position >= logBytes) return false;
      if (entry > 0 && (offset <= this.#offsetAt(entry - 1) || position <= this.#positionAt(entry - 1))) return false;
    }
    return true;
  }

  #offsetAt(entry: number): number {
    return this.#baseOffset + this.#entries.bytes.readInt32BE(entry * OFFSET_ENTRY_BYTES);
  }

  #positionAt(entry: number): number {
    return this.#entries.bytes.readInt32BE(entry * OFFSET_ENTRY_BYTES + 4);
  }

  #lastEntryUpTo(offset: number): number {
    let [low, high] = [0, this.#entries.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#offsetAt(middle) <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
