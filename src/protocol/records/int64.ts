/**
 * 64-bit fields as numbers. The house keeps offsets, timestamps and ids as `number`; what lies outside ±(2^53 − 1)
 * loses its low bits here and is refused by whoever checks the batch (`Number.isSafeInteger`).
 */
const TWO_TO_32 = 0x1_0000_0000;

export function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * TWO_TO_32 + bytes.readUInt32BE(at + 4);
}

export function writeInt64(bytes: Buffer, value: number, at: number): void {
  const high = Math.floor(value / TWO_TO_32);
  bytes.writeInt32BE(high, at);
  bytes.writeUInt32BE(value - high * TWO_TO_32, at + 4);
}

/** The same bytes as a Buffer, whose integer readers are the fast ones. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
