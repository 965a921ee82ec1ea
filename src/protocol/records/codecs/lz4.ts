/**
 * lz4, in the LZ4 frame format. The library decompresses a frame without a bound, so the frame is measured first: the
 * lengths in its blocks tell exactly how many bytes it stands for.
 */
import { requireLibrary } from "../libraries.js";
import { CORRUPT, type Decompressed, TOO_LARGE } from "./decompressed.js";

interface Lz4Library {
  compressFrameSync(input: Buffer): Buffer;
  decompressFrameSync(input: Buffer): Buffer;
}

const FRAME_MAGIC = 0x184d2204;
const MIN_MATCH_BYTES = 4;

let library: Lz4Library | null = null;

export function decompressLz4(body: Uint8Array, bytesMax: number): Decompressed {
  const frame = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const measured = measureFrame(frame, bytesMax);
  if (measured === null) return CORRUPT;
  if (measured.contentBytes > bytesMax) return TOO_LARGE;
  try {
    return load().decompressFrameSync(frame.subarray(0, measured.frameBytes));
  } catch {
    return CORRUPT;
  }
}

/** Independent blocks without content size or checksum: what Java's reader accepts. */
export function compressLz4(body: Uint8Array): Uint8Array {
  return load().compressFrameSync(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
}

interface Measured {
  readonly frameBytes: number;
  readonly contentBytes: number;
}

/** Walks the blocks of a frame up to its end mark; stops as soon as the content is known to exceed `bytesMax`. */
function measureFrame(frame: Buffer, bytesMax: number): Measured | null {
  if (frame.length < 7 || frame.readUInt32LE(0) !== FRAME_MAGIC) return null;
  const flags = frame.readUInt8(4);
  const blockChecksumBytes = flags & 0x10 ? 4 : 0;
  let at = 7 + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0);
  let contentBytes = 0;
  while (at + 4 <= frame.length) {
    const header = frame.readUInt32LE(at);
    at += 4;
    if (header === 0) return { frameBytes: at + (flags & 0x04 ? 4 : 0), contentBytes };
    const blockBytes = header & 0x7fff_ffff;
    if (blockBytes > frame.length - at) return null;
    const isStored = header >= 0x8000_0000;
    const measured = isStored ? blockBytes : measureBlock(frame, at, at + blockBytes);
    if (measured === null) return null;
    contentBytes += measured;
    if (contentBytes > bytesMax) return { frameBytes: frame.length, contentBytes };
    at += blockBytes + blockChecksumBytes;
  }
  return null;
}

/** The content of a compressed block: the sum of its literals and matches. */
function measureBlock(bytes: Buffer, start: number, end: number): number | null {
  let at = start;
  let total = 0;
  while (at < end) {
    const token = bytes.readUInt8(at++);
    let literals = token >> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255 && at < end) {
        more = bytes.readUInt8(at++);
        literals += more;
      }
    }
    at += literals;
    total += literals;
    if (at >= end) return at === end ? total : null;
    at += 2;
    let match = token & 15;
    if (match === 15) {
      let more = 255;
      while (more === 255 && at < end) {
        more = bytes.readUInt8(at++);
        match += more;
      }
    }
    total += match + MIN_MATCH_BYTES;
  }
  return total;
}

function load(): Lz4Library {
  library ??= requireLibrary("lz4-napi") as Lz4Library;
  return library;
}
