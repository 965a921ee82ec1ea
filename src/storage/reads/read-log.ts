/** Reading for fetches: whole batches out of one segment, in one read into a pooled buffer. */
import type { ReusedBuffers } from "../../lib/reused-buffers.js";
import { readInt64 } from "../../protocol/records/int64.js";
import { HEADER_BYTES, LAST_OFFSET_DELTA, LENGTH, PREFIX_BYTES } from "../../protocol/records/layout.js";
import type { Segments } from "../segments/segments.js";
import type { WarmPieces } from "./warm-pieces.js";

export interface RecordsRead {
  /** Whole batches; empty when there are none, or none that fits. Lent until `release`. */
  readonly records: Uint8Array;
  /** The offset behind the last batch; where the read began if there is none. */
  readonly nextOffset: number;
  /** Gives the buffer back: call it once, when nobody needs `records` any more. */
  release(): void;
}

export interface ReadRequest {
  readonly from: number;
  readonly maxBytes: number;
  /** Exclusive: a batch that begins here or later is not shown. */
  readonly upTo: number;
  /** KIP-74: the first batch is read even if it is larger than `maxBytes`. */
  readonly minOneBatch: boolean;
}

const NO_RECORDS = new Uint8Array(0);

export function readRecordsFrom(
  segments: Segments,
  buffers: ReusedBuffers,
  warm: WarmPieces,
  request: ReadRequest,
): RecordsRead {
  const { from, maxBytes, upTo, minOneBatch } = request;
  for (const segment of segments.from(from)) {
    if (segment.baseOffset >= upTo) break;
    const located = segment.locate(from);
    // Compaction may have emptied the end of a segment: what follows is in the next one.
    if (located === null) continue;
    const { position, sizeInBytes } = located;
    if (sizeInBytes > maxBytes && !minOneBatch) break;
    const wanted = Math.min(Math.max(maxBytes, sizeInBytes), segment.bytes - position);
    const buffer = buffers.take(wanted);
    const bytes = segment.file.read(buffer.subarray(0, wanted), position);
    warm.touch(segment, position, bytes);
    const { end, nextOffset } = cutToWholeBatches(buffer, bytes, from, upTo);
    return { records: buffer.subarray(0, end), nextOffset, release: () => buffers.release(buffer) };
  }
  return nothingRead(from);
}

export function nothingRead(from: number): RecordsRead {
  return { records: NO_RECORDS, nextOffset: from, release: () => {} };
}

/** Where the last whole batch that may be shown ends. */
export function cutToWholeBatches(
  buffer: Buffer,
  bytes: number,
  from: number,
  upTo: number,
): { end: number; nextOffset: number } {
  let [end, nextOffset] = [0, from];
  while (end + HEADER_BYTES <= bytes) {
    const baseOffset = readInt64(buffer, end);
    const batchEnd = end + PREFIX_BYTES + buffer.readInt32BE(end + LENGTH);
    if (baseOffset >= upTo || batchEnd > bytes) break;
    nextOffset = baseOffset + buffer.readInt32BE(end + LAST_OFFSET_DELTA) + 1;
    end = batchEnd;
  }
  return { end, nextOffset };
}
