/** What differs between the compression of messages (magic 0 and 1) and that of record batches. */
import { errors } from "../../errors.js";
import type { Refusal } from "../check-batch.js";
import { writeLz4HeaderChecksum } from "../codecs/lz4-header.js";
import { codecs, compress, decompress, isRefused } from "../codecs.js";
import { asBuffer } from "../int64.js";
import type { Message, MessageMagic } from "./message.js";

/** The codecs that readers of messages know; zstd came later (KIP-110). */
export type MessageCodec = typeof codecs.gzip | typeof codecs.snappy | typeof codecs.lz4;

export function isMessageCodec(codec: number): codec is MessageCodec {
  return codec === codecs.gzip || codec === codecs.snappy || codec === codecs.lz4;
}

/** What is inside a wrapper: the bytes of messages. `bytesMax` bounds them. */
export function unwrap(codec: MessageCodec, { magic, value }: Message, bytesMax: number): Buffer | Refusal {
  if (value === null) return { errorCode: errors.INVALID_RECORD.code, errorMessage: "A compressed message is null" };
  const isMended = magic === 0 && codec === codecs.lz4;
  const opened = decompress(codec, isMended ? mended(value) : value, bytesMax);
  if (!isRefused(opened)) return asBuffer(opened);
  return opened.refused === "too large"
    ? { errorCode: errors.MESSAGE_TOO_LARGE.code, errorMessage: `Messages decompress to over ${bytesMax} bytes` }
    : { errorCode: errors.CORRUPT_MESSAGE.code, errorMessage: "A compressed message does not decompress" };
}

/** The value of a wrapper for `inner`. */
export function wrap(codec: MessageCodec, magic: MessageMagic, inner: Uint8Array): Uint8Array {
  const compressed = compress(codec, inner);
  if (magic === 0 && codec === codecs.lz4) writeLz4HeaderChecksum(asBuffer(compressed), "as in magic 0");
  return compressed;
}

/** KAFKA-3160: the first lz4 clients got the checksum of the frame header wrong, so in magic 0 nobody looks at it. */
function mended(frame: Uint8Array): Uint8Array {
  const copy = Buffer.from(frame);
  writeLz4HeaderChecksum(copy, "right");
  return copy;
}
