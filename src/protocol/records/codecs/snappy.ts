/**
 * snappy, in the stream framing of the Java library (xerial): a header, then blocks of at most 32 KiB, each behind its
 * length. Some clients send one bare snappy block instead; that is read too, as Java does.
 */
import { requireLibrary } from "../libraries.js";
import { CORRUPT, type Decompressed, isRefused, TOO_LARGE } from "./decompressed.js";

interface SnappyLibrary {
  compressSync(input: Uint8Array): Buffer;
  uncompressSync(input: Uint8Array, options: { asBuffer: true }): Buffer;
}

/** Magic, then version 1 and lowest compatible version 1. */
const STREAM_HEADER = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
const MAGIC_BYTES = 8;
const BLOCK_BYTES = 32 * 1024;

let library: SnappyLibrary | null = null;

export function decompressSnappy(body: Uint8Array, bytesMax: number): Decompressed {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const isStream =
    bytes.length >= STREAM_HEADER.length && bytes.compare(STREAM_HEADER, 0, MAGIC_BYTES, 0, MAGIC_BYTES) === 0;
  return isStream ? decompressStream(bytes, bytesMax) : decompressBlock(bytes, bytesMax);
}

export function compressSnappy(body: Uint8Array): Uint8Array {
  const parts: Buffer[] = [STREAM_HEADER];
  for (let at = 0; at < body.length; at += BLOCK_BYTES) {
    const block = load().compressSync(body.subarray(at, at + BLOCK_BYTES));
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

function decompressStream(bytes: Buffer, bytesMax: number): Decompressed {
  const blocks: Uint8Array[] = [];
  let total = 0;
  let at = STREAM_HEADER.length;
  while (at < bytes.length) {
    if (bytes.length - at < 4) return CORRUPT;
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length < 0 || length > bytes.length - at) return CORRUPT;
    const block = decompressBlock(bytes.subarray(at, at + length), bytesMax - total);
    if (isRefused(block)) return block;
    blocks.push(block);
    total += block.length;
    at += length;
  }
  return blocks.length === 1 && blocks[0] ? blocks[0] : Buffer.concat(blocks, total);
}

/** The library allocates what the block claims to hold, so the claim is checked first. */
function decompressBlock(block: Buffer, bytesMax: number): Decompressed {
  const claimed = claimedBytes(block);
  if (claimed === null) return CORRUPT;
  if (claimed > bytesMax) return TOO_LARGE;
  try {
    return load().uncompressSync(block, { asBuffer: true });
  } catch {
    return CORRUPT;
  }
}

/** A snappy block begins with its uncompressed length, as an unsigned varint of at most 32 bits. */
function claimedBytes(block: Buffer): number | null {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const byte = block[index];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return value;
  }
  return null;
}

function load(): SnappyLibrary {
  library ??= requireLibrary("snappy") as SnappyLibrary;
  return library;
}
