/**
 * Reads the wire format of Protocol Buffers, field by field, from bytes that nobody vouches for. Nothing is copied: what
 * has a length is a view, and every length is compared with what is left.
 */

export interface ProtobufField {
  readonly number: number;
  /** Numbers of variable length as such; everything else as its bytes. */
  readonly value: Buffer | bigint;
}

const wireTypes = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const;
const VARINT_BYTES_MAX = 10;

/** All fields of one message in their order, or null when the bytes are none. */
export function readFields(bytes: Buffer): readonly ProtobufField[] | null {
  const fields: ProtobufField[] = [];
  for (let position = 0; position < bytes.length; ) {
    const tag = readVarint(bytes, position);
    if (tag === null) return null;
    const read = readValue(bytes, tag.end, Number(tag.value & 7n));
    if (read === null) return null;
    fields.push({ number: Number(tag.value >> 3n), value: read.value });
    position = read.end;
  }
  return fields;
}

interface Read<Value> {
  readonly value: Value;
  readonly end: number;
}

function readValue(bytes: Buffer, start: number, wireType: number): Read<Buffer | bigint> | null {
  switch (wireType) {
    case wireTypes.varint:
      return readVarint(bytes, start);
    case wireTypes.fixed64:
      return take(bytes, start, 8);
    case wireTypes.fixed32:
      return take(bytes, start, 4);
    case wireTypes.lengthDelimited: {
      const length = readVarint(bytes, start);
      return length === null ? null : take(bytes, length.end, Number(length.value));
    }
    default:
      // Groups, which nobody writes any more.
      return null;
  }
}

function readVarint(bytes: Buffer, start: number): Read<bigint> | null {
  let value = 0n;
  for (let index = 0; index < VARINT_BYTES_MAX; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) return null;
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  return null;
}

function take(bytes: Buffer, start: number, length: number): Read<Buffer> | null {
  const end = start + length;
  return end > bytes.length ? null : { value: bytes.subarray(start, end), end };
}
