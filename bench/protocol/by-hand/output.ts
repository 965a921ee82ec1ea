/** What hand-written encoders share: a place in a buffer that is large enough, for each knows how long its message can be. */

export interface Output {
  readonly bytes: Buffer;
  at: number;
}

/** A length, a tag section or another number that is not large. */
const VARINT_BYTES_MAX = 5;

/** At most so many bytes does a text take, with its length. */
export function textBytesMax(value: string | null): number {
  return value === null ? 1 : VARINT_BYTES_MAX + value.length * 3;
}

export function output(bytesMax: number): Output {
  return { bytes: Buffer.allocUnsafe(bytesMax), at: 0 };
}

export function writtenTo({ bytes, at }: Output): Buffer {
  return bytes.subarray(0, at);
}

export function putInt8(to: Output, value: number): void {
  to.at = to.bytes.writeInt8(value, to.at);
}

export function putInt16(to: Output, value: number): void {
  to.at = to.bytes.writeInt16BE(value, to.at);
}

export function putInt32(to: Output, value: number): void {
  to.at = to.bytes.writeInt32BE(value, to.at);
}

export function putInt64(to: Output, value: number): void {
  to.at = to.bytes.writeInt32BE(Math.floor(value / 4294967296), to.at);
  to.at = to.bytes.writeUInt32BE(value >>> 0, to.at);
}

export function putUnsignedVarint(to: Output, value: number): void {
  let left = value;
  while (left >= 0x80) {
    to.at = to.bytes.writeUInt8((left & 0x7f) | 0x80, to.at);
    left >>>= 7;
  }
  to.at = to.bytes.writeUInt8(left, to.at);
}

export function putCount(to: Output, list: readonly unknown[]): void {
  putUnsignedVarint(to, list.length + 1);
}

export function putText(to: Output, value: string): void {
  putUnsignedVarint(to, Buffer.byteLength(value) + 1);
  to.at += to.bytes.write(value, to.at, "utf8");
}

export function putNullableText(to: Output, value: string | null): void {
  if (value === null) putUnsignedVarint(to, 0);
  else putText(to, value);
}

export function putBytes(to: Output, value: Uint8Array): void {
  putUnsignedVarint(to, value.length + 1);
  to.bytes.set(value, to.at);
  to.at += value.length;
}

export function putUuid(to: Output, value: string): void {
  to.at += to.bytes.write(value, to.at, "base64url");
}

export function putInt32s(to: Output, values: readonly number[]): void {
  putCount(to, values);
  for (const value of values) putInt32(to, value);
}

export function putNoTags(to: Output): void {
  putInt8(to, 0);
}
