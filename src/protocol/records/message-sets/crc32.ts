/** CRC-32, the checksum of messages of magic 0 and 1; record batches have CRC-32C. */
import library from "crc-32";

export function crc32(bytes: Uint8Array): number {
  return library.buf(bytes) >>> 0;
}
