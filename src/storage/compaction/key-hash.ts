/**
 * Stands for a record's key in the key map: the 128 bits of Chaskey-12 (ISO/IEC 29192-6), a keyed hash made for 32-bit
 * arithmetic. Two keys with one hash would cost a record, so they must not be found on purpose either: the secret is drawn
 * anew for every compaction, and by chance it takes about 2^64 keys.
 */
import { invariant } from "../../lib/invariant.js";
import { asBuffer } from "../../protocol/records/int64.js";

export const HASH_SECRET_BYTES = 16;
const BLOCK_BYTES = 16;
const ROUNDS = 12;

export class KeyHash {
  /** The hash of the last key, as four 32-bit words. */
  h0 = 0;
  h1 = 0;
  h2 = 0;
  h3 = 0;
  readonly #secret: Words;
  /** Mixed into a last block that is whole. */
  readonly #whole: Words;
  /** Mixed into a last block that had to be filled up. */
  readonly #filledUp: Words;
  readonly #last = Buffer.alloc(BLOCK_BYTES);

  constructor(secret: Uint8Array) {
    invariant(secret.length === HASH_SECRET_BYTES, "the secret of a key hash has 16 bytes");
    const bytes = asBuffer(secret);
    this.#secret = [bytes.readInt32LE(0), bytes.readInt32LE(4), bytes.readInt32LE(8), bytes.readInt32LE(12)];
    this.#whole = timesTwo(this.#secret);
    this.#filledUp = timesTwo(this.#whole);
  }

  /** Hashes the bytes from `start` to `end`. */
  update(bytes: Buffer, start: number, end: number): void {
    [this.h0, this.h1, this.h2, this.h3] = this.#secret;
    let at = start;
    for (; end - at > BLOCK_BYTES; at += BLOCK_BYTES) this.#mixIn(bytes, at);
    const isWhole = end - at === BLOCK_BYTES;
    const subkey = isWhole ? this.#whole : this.#filledUp;
    this.#mask(subkey);
    if (isWhole) this.#mixIn(bytes, at);
    else this.#mixIn(this.#fillUp(bytes, at, end), 0);
    this.#mask(subkey);
  }

  #fillUp(bytes: Buffer, start: number, end: number): Buffer {
    this.#last.fill(0);
    for (let at = start; at < end; at++) this.#last[at - start] = bytes[at] ?? 0;
    this.#last[end - start] = 1;
    return this.#last;
  }

  #mask([k0, k1, k2, k3]: Words): void {
    this.h0 ^= k0;
    this.h1 ^= k1;
    this.h2 ^= k2;
    this.h3 ^= k3;
  }

  /** One block, and the permutation. */
  #mixIn(bytes: Buffer, at: number): void {
    let v0 = this.h0 ^ bytes.readInt32LE(at);
    let v1 = this.h1 ^ bytes.readInt32LE(at + 4);
    let v2 = this.h2 ^ bytes.readInt32LE(at + 8);
    let v3 = this.h3 ^ bytes.readInt32LE(at + 12);
    for (let round = 0; round < ROUNDS; round++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 13) | (v3 >>> 19)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 7) | (v1 >>> 25)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    this.h0 = v0;
    this.h1 = v1;
    this.h2 = v2;
    this.h3 = v3;
  }
}

type Words = readonly [number, number, number, number];

/** Doubling in the field of 2^128 elements. */
function timesTwo([w0, w1, w2, w3]: Words): Words {
  const carry = w3 < 0 ? 0x87 : 0;
  return [(w0 << 1) ^ carry, (w1 << 1) | (w0 >>> 31), (w2 << 1) | (w1 >>> 31), (w3 << 1) | (w2 >>> 31)];
}
