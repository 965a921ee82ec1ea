/**
 * Reads the primitive types of the protocol from bytes that nobody vouches for. Every length is compared with the bytes
 * that are left before anything is allocated; what does not fit throws `MalformedError`.
 */
import { MalformedError } from "./malformed.js";
import { ZERO_UUID } from "./zero-uuid.js";

/** Kafka's own limit for a string, also where the wire could say more. */
export const STRING_BYTES_MAX = 32767;
/** So many elements may the arrays of one message have together: a hostile frame buys no more memory than this. */
const ARRAY_ELEMENTS_MAX = 2_000_000;
/**
 * And those of a request, each of which costs some 10 µs and a few hundred bytes until it is answered: the loop is held for
 * seconds at most (ADR 29). All replicas of 50,000 partitions fit.
 */
export const REQUEST_ELEMENTS_MAX = 250_000;
const TWO_TO_THE_32 = 4294967296;

export class Reader {
  /** Where the next byte is read. */
  position: number;
  /** Behind the last byte. */
  readonly end: number;
  private elements = 0;
  private readonly buffer: Buffer;
  private wideView: DataView | null = null;

  private readonly elementsMax: number;

  constructor(bytes: Uint8Array, position = 0, elementsMax = ARRAY_ELEMENTS_MAX) {
    this.buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
    this.end = bytes.byteLength;
    this.elementsMax = elementsMax;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  /** For numbers of 8 bytes. Small messages have none, and would pay more for the view than for all else. */
  private get view(): DataView {
    this.wideView ??= new DataView(this.buffer.buffer, this.buffer.byteOffset, this.buffer.byteLength);
    return this.wideView;
  }

  bool(): boolean {
    return this.int8() !== 0;
  }

  int8(): number {
    return (this.byteAt(this.advance(1)) << 24) >> 24;
  }

  int16(): number {
    return (this.uint16() << 16) >> 16;
  }

  uint16(): number {
    const at = this.advance(2);
    return (this.byteAt(at) << 8) | this.byteAt(at + 1);
  }

  int32(): number {
    return this.int32At(this.advance(4));
  }

  uint32(): number {
    return this.int32At(this.advance(4)) >>> 0;
  }

  int64(): bigint {
    return this.view.getBigInt64(this.advance(8));
  }

  /** 64 bits as a number: outside ±(2^53 − 1) they are malformed. */
  safeInt64(): number {
    const at = this.advance(8);
    const value = this.int32At(at) * TWO_TO_THE_32 + (this.int32At(at + 4) >>> 0);
    if (!Number.isSafeInteger(value)) this.fail("a 64-bit number outside ±(2^53 - 1)");
    return value;
  }

  float64(): number {
    return this.view.getFloat64(this.advance(8));
  }

  unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byteAt(this.advance(1));
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    return this.fail("a variable-length number of more than 5 bytes");
  }

  uuid(): string {
    const at = this.advance(16);
    if ((this.int32At(at) | this.int32At(at + 4) | this.int32At(at + 8) | this.int32At(at + 12)) === 0) {
      return ZERO_UUID;
    }
    return this.buffer.toString("base64url", at, at + 16);
  }

  nullableString(): string | null {
    const length = this.int16();
    return length < 0 ? null : this.text(length);
  }

  string(): string {
    return this.nullableString() ?? this.fail("null for a string that must not be null");
  }

  nullableCompactString(): string | null {
    const length = this.unsignedVarint() - 1;
    if (length < 0) return null;
    if (length > STRING_BYTES_MAX) this.fail(`a string of ${length} bytes`);
    return this.text(length);
  }

  compactString(): string {
    return this.nullableCompactString() ?? this.fail("null for a string that must not be null");
  }

  nullableBytes(): Uint8Array | null {
    const length = this.int32();
    return length < 0 ? null : this.slice(length);
  }

  /** A view, not a copy. */
  bytes(): Uint8Array {
    return this.nullableBytes() ?? this.fail("null for bytes that must not be null");
  }

  nullableCompactBytes(): Uint8Array | null {
    const length = this.unsignedVarint() - 1;
    return length < 0 ? null : this.slice(length);
  }

  compactBytes(): Uint8Array {
    return this.nullableCompactBytes() ?? this.fail("null for bytes that must not be null");
  }

  /** The number of elements, or −1 for null. `elementBytesMin` is the least that one element can take on the wire. */
  nullableArrayLength(elementBytesMin: number): number {
    const length = this.int32();
    return length < 0 ? -1 : this.plausible(length, elementBytesMin);
  }

  arrayLength(elementBytesMin: number): number {
    const length = this.nullableArrayLength(elementBytesMin);
    return length < 0 ? this.fail("null for an array that must not be null") : length;
  }

  nullableCompactArrayLength(elementBytesMin: number): number {
    const length = this.unsignedVarint() - 1;
    return length < 0 ? -1 : this.plausible(length, elementBytesMin);
  }

  compactArrayLength(elementBytesMin: number): number {
    const length = this.nullableCompactArrayLength(elementBytesMin);
    return length < 0 ? this.fail("null for an array that must not be null") : length;
  }

  /** Whether a nullable struct follows (KIP-893). */
  hasStruct(): boolean {
    return this.int8() >= 0;
  }

  /** The same for a struct that is a tagged field: Kafka writes another mark there. */
  hasTaggedStruct(): boolean {
    return this.unsignedVarint() > 0;
  }

  /** The size of a tagged field, checked against what is left. */
  taggedFieldSize(): number {
    const size = this.unsignedVarint();
    if (size > this.remaining) this.fail(`a tagged field of ${size} bytes`);
    return size;
  }

  /** Ends a tagged field that this version knows: it must be exactly as long as it said. */
  endOfTaggedField(end: number): void {
    if (this.position !== end) this.fail(`a tagged field that should end at byte ${end}`);
  }

  /** Skips a tagged field that this version does not know. */
  skip(bytes: number): void {
    this.advance(bytes);
  }

  /** Skips a whole section of tagged fields. */
  skipTaggedFields(): void {
    for (let left = this.unsignedVarint(); left > 0; left--) {
      this.unsignedVarint();
      this.skip(this.taggedFieldSize());
    }
  }

  fail(what: string): never {
    throw new MalformedError(`${what}, at byte ${this.position} of ${this.end}`);
  }

  /** `advance` has made sure that there is one. */
  private byteAt(at: number): number {
    return this.buffer[at] as number;
  }

  private int32At(at: number): number {
    return (this.byteAt(at) << 24) | (this.byteAt(at + 1) << 16) | (this.byteAt(at + 2) << 8) | this.byteAt(at + 3);
  }

  private advance(bytes: number): number {
    const at = this.position;
    const next = at + bytes;
    if (next > this.end) this.fail(`${bytes} bytes wanted and ${this.end - at} left`);
    this.position = next;
    return at;
  }

  private plausible(length: number, elementBytesMin: number): number {
    this.elements += length;
    if (length * elementBytesMin > this.remaining) this.fail(`an array of ${length} elements`);
    if (this.elements > this.elementsMax) this.fail(`arrays of more than ${this.elementsMax} elements`);
    return length;
  }

  private slice(length: number): Uint8Array {
    const at = this.advance(length);
    return this.buffer.subarray(at, at + length);
  }

  private text(length: number): string {
    const at = this.advance(length);
    const end = at + length;
    // Buffer's decoder takes half the time, and puts this character where bytes are not UTF-8.
    const text = this.buffer.toString("utf8", at, end);
    if (!text.includes("\uFFFD")) return text;
    try {
      return utf8.decode(this.buffer.subarray(at, end));
    } catch {
      return this.fail("a string that is not UTF-8");
    }
  }
}

/** Strict, and it keeps a byte order mark: the bytes must come back as they were. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
