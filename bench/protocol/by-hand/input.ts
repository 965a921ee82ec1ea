/** What hand-written decoders share: a place in a buffer, and the types of the protocol that Buffer does not know. */
import { ZERO_UUID } from "../../../src/protocol/wire/zero-uuid.js";

export interface Input {
  readonly bytes: Buffer;
  at: number;
}

const TWO_TO_THE_32 = 4294967296;

export function int8(input: Input): number {
  return input.bytes.readInt8(input.at++);
}

export function int16(input: Input): number {
  const value = input.bytes.readInt16BE(input.at);
  input.at += 2;
  return value;
}

export function int32(input: Input): number {
  const value = input.bytes.readInt32BE(input.at);
  input.at += 4;
  return value;
}

export function int64(input: Input): number {
  const value = input.bytes.readInt32BE(input.at) * TWO_TO_THE_32 + input.bytes.readUInt32BE(input.at + 4);
  if (!Number.isSafeInteger(value)) throw new RangeError("a number of more than 53 bits");
  input.at += 8;
  return value;
}

function unsignedVarint(input: Input): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = input.bytes.readUInt8(input.at++);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value >>> 0;
  }
  throw new RangeError("a varint of more than five bytes");
}

export function text(input: Input): string {
  return nullableText(input) ?? "";
}

export function nullableText(input: Input): string | null {
  const length = unsignedVarint(input) - 1;
  if (length < 0) return null;
  const end = endOf(input, length);
  const value = input.bytes.toString("utf8", input.at, end);
  input.at = end;
  return value;
}

/** A view. */
export function bytes(input: Input): Buffer {
  const end = endOf(input, unsignedVarint(input) - 1);
  const value = input.bytes.subarray(input.at, end);
  input.at = end;
  return value;
}

export function uuid(input: Input): string {
  const { bytes, at } = input;
  const isZero =
    bytes.readInt32BE(at) === 0 &&
    bytes.readInt32BE(at + 4) === 0 &&
    bytes.readInt32BE(at + 8) === 0 &&
    bytes.readInt32BE(at + 12) === 0;
  input.at += 16;
  return isZero ? ZERO_UUID : bytes.toString("base64url", at, at + 16);
}

/** The length of an array, each element of which takes a byte at least. */
export function count(input: Input): number {
  const length = unsignedVarint(input) - 1;
  endOf(input, length);
  return length;
}

export function int32s(input: Input): number[] {
  const list = new Array<number>(count(input));
  for (let i = 0; i < list.length; i++) list[i] = int32(input);
  return list;
}

export function skipTags(input: Input): void {
  for (let left = unsignedVarint(input); left > 0; left--) {
    unsignedVarint(input);
    input.at = endOf(input, unsignedVarint(input));
  }
}

function endOf(input: Input, length: number): number {
  const end = input.at + length;
  if (end > input.bytes.length) throw new RangeError("the message is cut off");
  return end;
}
