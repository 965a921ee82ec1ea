/**
 * Which offset is the last one of each key, as far as compaction has looked: an open hash table of a fixed number of
 * bytes (`log.cleaner.dedupe.buffer.size`). It holds the hashes of the keys, never the keys. When it is full, the records
 * behind are left to the next pass.
 */
import type { KeyHash } from "./key-hash.js";

/** The hash, and one more than the offset: low half, high half. Where both halves are 0, the slot is free. */
const SLOT_WORDS = 6;
export const SLOT_BYTES = 4 * SLOT_WORDS;
const TWO_TO_32 = 0x1_0000_0000;
/** 1.5 GiB: what one typed array can reasonably hold. */
const SLOTS_MAX = 2 ** 26;
const SLOTS_MIN = 16;

export interface KeyMapSize {
  readonly bytesMax: number;
  /** `log.cleaner.io.buffer.load.factor`: the fuller the table, the longer each look-up. */
  readonly loadFactor: number;
  /** No more keys than these will come. */
  readonly keysExpected: number;
}

export class KeyMap {
  readonly #hash: KeyHash;
  readonly #words: Int32Array;
  readonly #mask: number;
  readonly #keysMax: number;
  #size = 0;

  constructor(hash: KeyHash, size: KeyMapSize) {
    const slots = slotsFor(size);
    this.#hash = hash;
    this.#words = new Int32Array(slots * SLOT_WORDS);
    this.#mask = slots - 1;
    this.#keysMax = Math.max(1, Math.min(slots - 1, Math.floor(slots * size.loadFactor)));
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#words.byteLength;
  }

  /** The key lies in `bytes` from `start` to `end`. False: it is new, and there is no room for it. */
  put(bytes: Buffer, start: number, end: number, offset: number): boolean {
    this.#hash.update(bytes, start, end);
    const words = this.#words;
    const at = this.#find();
    if (words[at + 4] === 0 && words[at + 5] === 0) {
      if (this.#size === this.#keysMax) return false;
      const { h0, h1, h2, h3 } = this.#hash;
      words[at] = h0;
      words[at + 1] = h1;
      words[at + 2] = h2;
      words[at + 3] = h3;
      this.#size++;
    }
    words[at + 4] = (offset + 1) | 0;
    words[at + 5] = Math.floor((offset + 1) / TWO_TO_32);
    return true;
  }

  /** The last offset that was put for this key, -1 if there was none. */
  offsetOf(bytes: Buffer, start: number, end: number): number {
    this.#hash.update(bytes, start, end);
    const at = this.#find();
    return (this.#words[at + 5] ?? 0) * TWO_TO_32 + ((this.#words[at + 4] ?? 0) >>> 0) - 1;
  }

  /** Where the slot of the key that was hashed last begins, or the free one where it belongs. There is always a free one. */
  #find(): number {
    const { h0, h1, h2, h3 } = this.#hash;
    const words = this.#words;
    // An odd step comes by every slot of a power of two.
    const step = h1 | 1;
    for (let slot = h0 & this.#mask; ; slot = (slot + step) & this.#mask) {
      const at = slot * SLOT_WORDS;
      if (words[at + 4] === 0 && words[at + 5] === 0) return at;
      if (words[at] === h0 && words[at + 1] === h1 && words[at + 2] === h2 && words[at + 3] === h3) return at;
    }
  }
}

/** A power of two that is large enough, or the largest that the memory allows. */
function slotsFor({ bytesMax, loadFactor, keysExpected }: KeyMapSize): number {
  const wanted = keysExpected / Math.max(loadFactor, 0.01) + 1;
  let slots = SLOTS_MIN;
  while (slots < wanted && slots < SLOTS_MAX && slots * 2 * SLOT_BYTES <= bytesMax) slots *= 2;
  return slots;
}
