/**
 * The compression codecs of record batches, all synchronous: asynchronous ones finish in the order of the kernel's
 * choice. Reading is bounded by the caller, because a few hostile kilobytes can stand for gigabytes.
 */
import { unreachable } from "../../lib/invariant.js";
import type { Decompressed } from "./codecs/decompressed.js";
import { gunzip, gzip } from "./codecs/gzip.js";
import { compressLz4, decompressLz4 } from "./codecs/lz4.js";
import { compressSnappy, decompressSnappy } from "./codecs/snappy.js";
import { compressZstd, decompressZstd } from "./codecs/zstd.js";

/** The number of a codec in the attributes of a batch, by its name in `compression.type`. */
export const codecs = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

export type CodecName = keyof typeof codecs;
export type CodecId = (typeof codecs)[CodecName];

export function isCodec(id: number): id is CodecId {
  return id >= codecs.none && id <= codecs.zstd;
}

/** The bytes that `body` stands for; what would grow beyond `bytesMax` is refused. */
export function decompress(codec: CodecId, body: Uint8Array, bytesMax: number): Decompressed {
  switch (codec) {
    case codecs.none:
      return body;
    case codecs.gzip:
      return gunzip(body, bytesMax);
    case codecs.snappy:
      return decompressSnappy(body, bytesMax);
    case codecs.lz4:
      return decompressLz4(body, bytesMax);
    case codecs.zstd:
      return decompressZstd(body, bytesMax);
    default:
      return unreachable(codec);
  }
}

/** Compresses in the framing that Java clients expect. */
export function compress(codec: CodecId, body: Uint8Array): Uint8Array {
  switch (codec) {
    case codecs.none:
      return body;
    case codecs.gzip:
      return gzip(body);
    case codecs.snappy:
      return compressSnappy(body);
    case codecs.lz4:
      return compressLz4(body);
    case codecs.zstd:
      return compressZstd(body);
    default:
      return unreachable(codec);
  }
}

export { type Decompressed, isRefused } from "./codecs/decompressed.js";
