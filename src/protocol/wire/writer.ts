/**
 * Writes the primitive types of the protocol. Record batches are lent, not copied.
 *
 * Values come from our own code, so a value that does not fit its type is a bug and throws.
 */
import { invariant } from "../../lib/invariant.js";
import { GrowingChunks } from "./growing-chunks.js";
import { STRING_BYTES_MAX } from "./reader.js";

/** Up to this many characters, a loop beats a call into the runtime. */
const SHORT_STRING_CHARS = 64;
/** The length of a text, plus one, is a varint of one byte up to here. */
const ONE_BYTE_LENGTH_MAX = 126;

/** Records to write: one buffer, or several that the socket takes one behind the other. */
export type RecordsToWrite = Uint8Array | readonly Uint8Array[];

export class Writer extends GrowingChunks {
  private openTaggedFields = 0;

  bool(value: boolean): void {
    this.int8(value ? 1 : 0);
  }

  int8(value: number): void {
    if ((value << 24) >> 24 !== value) outOfRange("int8", value);
    const at = this.advance(1);
    this.buffer[at] = value;
  }

  int16(value: number): void {
    if ((value << 16) >> 16 !== value) outOfRange("int16", value);
    this.setInt16(this.advance(2), value);
  }

  uint16(value: number): void {
    if ((value & 0xffff) !== value) outOfRange("uint16", value);
    this.setInt16(this.advance(2), value);
  }

  int32(value: number): void {
    if ((value | 0) !== value) outOfRange("int32", value);
    this.setInt32(this.advance(4), value);
  }

  uint32(value: number): void {
    if (value >>> 0 !== value) outOfRange("uint32", value);
    this.setInt32(this.advance(4), value);
  }

  int64(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) outOfRange("int64", value);
    const at = this.advance(8);
    this.view.setBigInt64(at, value);
  }

  safeInt64(value: number): void {
    if (!Number.isSafeInteger(value)) outOfRange("safe 64-bit", value);
    const at = this.advance(8);
    this.setInt32(at, Math.floor(value / 4294967296));
    this.setInt32(at + 4, value >>> 0);
  }

  float64(value: number): void {
    invariant(typeof value === "number", "a float64 is a number");
    const at = this.advance(8);
    this.view.setFloat64(at, value);
  }

  unsignedVarint(value: number): void {
    if (value >>> 0 !== value) outOfRange("unsigned varint", value);
    this.reserve(5);
    let left = value;
    while (left >= 0x80) {
      this.buffer[this.position++] = (left & 0x7f) | 0x80;
      left >>>= 7;
    }
    this.buffer[this.position++] = left;
  }

  uuid(value: string): void {
    invariant(value.length === 22, "a UUID has 22 characters");
    const at = this.advance(16);
    const written = this.buffer.write(value, at, 16, "base64url");
    invariant(written === 16, "a UUID is URL-safe base64");
  }

  string(value: string): void {
    const at = this.mark();
    this.advance(2);
    const length = this.text(value);
    if (length > STRING_BYTES_MAX) outOfRange("string of bytes", length);
    this.setInt16(this.start + at, length);
  }

  nullableString(value: string | null): void {
    if (value === null) this.int16(-1);
    else this.string(value);
  }

  compactString(value: string): void {
    if (value.length <= ONE_BYTE_LENGTH_MAX) {
      const at = this.mark();
      this.advance(1);
      const length = this.text(value);
      if (length <= ONE_BYTE_LENGTH_MAX) {
        this.buffer[this.start + at] = length + 1;
        return;
      }
      // Many letters beyond ASCII: once more, behind a longer length.
      this.position = this.start + at;
    }
    const length = Buffer.byteLength(value);
    if (length > STRING_BYTES_MAX) outOfRange("string of bytes", length);
    this.unsignedVarint(length + 1);
    this.text(value);
  }

  nullableCompactString(value: string | null): void {
    if (value === null) this.unsignedVarint(0);
    else this.compactString(value);
  }

  bytes(value: Uint8Array): void {
    this.int32(value.byteLength);
    this.copy(value);
  }

  nullableBytes(value: Uint8Array | null): void {
    if (value === null) this.int32(-1);
    else this.bytes(value);
  }

  compactBytes(value: Uint8Array): void {
    this.unsignedVarint(value.byteLength + 1);
    this.copy(value);
  }

  nullableCompactBytes(value: Uint8Array | null): void {
    if (value === null) this.unsignedVarint(0);
    else this.compactBytes(value);
  }

  records(value: RecordsToWrite): void {
    this.int32(recordBytes(value));
    this.lendRecords(value);
  }

  nullableRecords(value: RecordsToWrite | null): void {
    if (value === null) this.int32(-1);
    else this.records(value);
  }

  compactRecords(value: RecordsToWrite): void {
    this.unsignedVarint(recordBytes(value) + 1);
    this.lendRecords(value);
  }

  nullableCompactRecords(value: RecordsToWrite | null): void {
    if (value === null) this.unsignedVarint(0);
    else this.compactRecords(value);
  }

  /** −1 stands for null, also in the compact form. */
  arrayLength(length: number): void {
    this.int32(length);
  }

  compactArrayLength(length: number): void {
    this.unsignedVarint(length + 1);
  }

  /** The mark in front of a nullable struct (KIP-893). */
  hasStruct(present: boolean): void {
    this.int8(present ? 1 : -1);
  }

  /** The mark in front of a nullable struct that is a tagged field. */
  hasTaggedStruct(present: boolean): void {
    this.unsignedVarint(present ? 1 : 0);
  }

  /** Starts a tagged field; the result goes to `endTaggedField`. */
  beginTaggedField(tag: number): number {
    this.unsignedVarint(tag);
    this.openTaggedFields++;
    const at = this.mark();
    this.advance(1);
    return at;
  }

  /** Puts the size in front of what was written since `beginTaggedField`. */
  endTaggedField(at: number): void {
    this.openTaggedFields--;
    const size = this.mark() - at - 1;
    const shift = varintBytes(size) - 1;
    this.advance(shift);
    const from = this.start + at + 1;
    this.buffer.copyWithin(from + shift, from, from + size);
    const end = this.position;
    this.position = this.start + at;
    this.unsignedVarint(size);
    this.position = end;
  }

  /** Leaves room for a frame's size, which `chunksWithSize` fills in. Only as the very first thing. */
  reserveSize(): void {
    invariant(this.byteLength === 0, "the size comes first");
    this.advance(4);
  }

  /** Ends the writing and fills the reserved size with the number of bytes behind it. */
  chunksWithSize(): Uint8Array[] {
    const size = this.byteLength - 4;
    const chunks = this.chunks();
    const [first] = chunks;
    invariant(first !== undefined, "a frame has bytes");
    setInt32In(first, 0, size);
    return chunks;
  }

  private setInt16(at: number, value: number): void {
    this.buffer[at] = value >> 8;
    this.buffer[at + 1] = value;
  }

  private setInt32(at: number, value: number): void {
    setInt32In(this.buffer, at, value);
  }

  private copy(value: Uint8Array): void {
    const at = this.advance(value.byteLength);
    this.buffer.set(value, at);
  }

  private lendRecords(value: RecordsToWrite): void {
    const staysInReach = this.openTaggedFields === 0 || recordBytes(value) === 0;
    invariant(staysInReach, "no records in tagged fields: the size in front must stay in reach");
    if (value instanceof Uint8Array) this.lend(value);
    else for (const chunk of value) this.lend(chunk);
  }

  /** Writes text without a length; returns how many bytes it took. */
  private text(value: string): number {
    const { length } = value;
    this.reserve(length * 3);
    let at = this.position;
    if (length <= SHORT_STRING_CHARS) {
      let i = 0;
      for (; i < length; i++) {
        const code = value.charCodeAt(i);
        if (code >= 0x80) break;
        this.buffer[at++] = code;
      }
      if (i === length) {
        this.position = at;
        return length;
      }
    }
    const written = this.buffer.write(value, this.position, "utf8");
    this.position += written;
    return written;
  }
}

function recordBytes(value: RecordsToWrite): number {
  if (value instanceof Uint8Array) return value.byteLength;
  let bytes = 0;
  for (const chunk of value) bytes += chunk.byteLength;
  return bytes;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let left = value; left >= 0x80; left >>>= 7) bytes++;
  return bytes;
}

function outOfRange(type: string, value: unknown): never {
  throw new Error(`Invariant broken: ${String(value)} does not fit into ${type}`);
}

/** A view for each number would cost more than all else of a small message. */
function setInt32In(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 24;
  bytes[at + 1] = value >> 16;
  bytes[at + 2] = value >> 8;
  bytes[at + 3] = value;
}
