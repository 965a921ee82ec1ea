/**
 * CRC-32C (Castagnoli), the checksum of record batches. The native library reaches 7 GB/s, the portable one 2 GB/s;
 * where the native one cannot be loaded (an optional dependency), the portable one does the same work.
 */
import portableLibrary from "crc-32/crc32c.js";
import { requireLibrary } from "./libraries.js";

export type Checksum = (bytes: Uint8Array) => number;

export const portableCrc32c: Checksum = (bytes) => portableLibrary.buf(bytes) >>> 0;

/** Null where the platform has no build of the native library. */
export const nativeCrc32c: Checksum | null = loadNative();

export const crc32c: Checksum = nativeCrc32c ?? portableCrc32c;

function loadNative(): Checksum | null {
  try {
    const library: { readonly crc32c: (input: Uint8Array) => number } = requireLibrary("@node-rs/crc32");
    return (bytes) => library.crc32c(bytes);
  } catch {
    return null;
  }
}
