/**
 * Zigzag varints, as records carry them. The reader never throws and never reads past its end: what is malformed sets
 * `failed`, which the caller asks once per record.
 */
const VARINT_BYTES_MAX = 5;
const VARLONG_BYTES_MAX = 10;

export class VarintReader {
  readonly bytes: Buffer;
  at: number;
  failed = false;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) {
      this.failed = true;
      return 0;
    }
    this.at++;
    return byte;
  }

  varint(): number {
    let value = 0;
    for (let index = 0; index < VARINT_BYTES_MAX; index++) {
      const byte = this.byte();
      value |= (byte & 0x7f) << (7 * index);
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    this.failed = true;
    return 0;
  }

  /** Up to 64 bits, as a number: beyond ±2^52 it may be rounded, which its user refuses. */
  varlong(): number {
    let value = 0;
    let scale = 1;
    for (let index = 0; index < VARLONG_BYTES_MAX; index++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    this.failed = true;
    return 0;
  }

  /** A view of the next bytes, behind their length; null for length −1. */
  nullableBytes(): Buffer | null {
    const length = this.varint();
    if (length === -1) return null;
    if (length < 0 || length > this.left) {
      this.failed = true;
      return null;
    }
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

/** A safe integer, zigzagged: small numbers of either sign become small positive ones. */
function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

export function varintBytes(value: number): number {
  let rest = zigzag(value);
  let bytes = 1;
  while (rest >= 0x80) {
    rest = Math.floor(rest / 0x80);
    bytes++;
  }
  return bytes;
}

/** Returns where the varint ends. Writes 32 and 64 bit varints alike: |value| is at most 2^52. */
export function writeVarint(to: Buffer, value: number, at: number): number {
  let rest = zigzag(value);
  let end = at;
  while (rest >= 0x80) {
    to[end++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  to[end++] = rest;
  return end;
}
