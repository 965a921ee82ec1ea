/**
 * Reading what may not be in memory: through the thread pool, so that a consumer of old records stops nobody else. One
 * read brings the batch that is sought, those before it back to the last index entry, and what follows.
 */
import type { ReusedBuffers } from "../../lib/reused-buffers.js";
import { readInt64 } from "../../protocol/records/int64.js";
import { HEADER_BYTES, LAST_OFFSET_DELTA, LENGTH, PREFIX_BYTES } from "../../protocol/records/layout.js";
import type { Segment } from "../segments/segment.js";
import type { Segments } from "../segments/segments.js";
import { cutToWholeBatches, nothingRead, type ReadRequest, type RecordsRead } from "./read-log.js";
import type { WarmPieces } from "./warm-pieces.js";

/** Read beyond what is wanted, for the batches between an index entry and the one that is sought. */
const LEAD_BYTES = 8 * 1024;

/** The segment that must be waited for; null when what is asked for is taken to be in memory. */
export function coldSegment(segments: Segments, warm: WarmPieces, request: ReadRequest): Segment | null {
  const { from, maxBytes, upTo } = request;
  const [segment] = segments.from(from);
  if (segment === undefined || segment.baseOffset >= upTo) return null;
  const position = segment.knownPositionBefore(from);
  if (position === null) return segment;
  const bytes = Math.min(Math.max(maxBytes, HEADER_BYTES) + LEAD_BYTES, segment.bytes - position);
  return warm.holds(segment, position, bytes) ? null : segment;
}

/** Null: the segment holds nothing at `from` or behind. */
export async function readCold(
  segment: Segment,
  buffers: ReusedBuffers,
  warm: WarmPieces,
  request: ReadRequest,
): Promise<RecordsRead | null> {
  const { from, maxBytes, upTo, minOneBatch } = request;
  await segment.loadIndexes();
  let position = segment.knownPositionBefore(from) ?? 0;
  let wanted = Math.min(maxBytes + LEAD_BYTES, segment.bytes - position);
  while (position < segment.bytes) {
    const buffer = buffers.take(wanted);
    const bytes = await readInto(buffer, wanted, segment, position, buffers);
    warm.touch(segment, position, bytes);
    const { at, sizeInBytes } = seek(buffer, bytes, from);
    const isAllowed = sizeInBytes <= maxBytes || minOneBatch;
    if (isAllowed && sizeInBytes > 0 && at + sizeInBytes <= bytes) {
      const found = buffer.subarray(at, Math.min(bytes, at + Math.max(maxBytes, sizeInBytes)));
      const { end, nextOffset } = cutToWholeBatches(found, found.length, from, upTo);
      return { records: found.subarray(0, end), nextOffset, release: () => buffers.release(buffer) };
    }
    buffers.release(buffer);
    if (!isAllowed) return nothingRead(from);
    // Neither the batch nor another one before it: the file ends here.
    if (at === 0 && sizeInBytes <= wanted) return null;
    position += at;
    wanted = Math.max(sizeInBytes, maxBytes, LEAD_BYTES);
  }
  return null;
}

async function readInto(
  buffer: Buffer,
  wanted: number,
  segment: Segment,
  position: number,
  buffers: ReusedBuffers,
): Promise<number> {
  try {
    return await segment.file.readCold(buffer.subarray(0, Math.min(wanted, segment.bytes - position)), position);
  } catch (error) {
    buffers.release(buffer);
    throw error;
  }
}

/** Where the batch with `from`, or the next one behind it, begins, and its size; size 0: its header lies further on. */
function seek(buffer: Buffer, bytes: number, from: number): { readonly at: number; readonly sizeInBytes: number } {
  let at = 0;
  while (at + HEADER_BYTES <= bytes) {
    const sizeInBytes = PREFIX_BYTES + buffer.readInt32BE(at + LENGTH);
    const lastOffset = readInt64(buffer, at) + buffer.readInt32BE(at + LAST_OFFSET_DELTA);
    if (lastOffset >= from || sizeInBytes < HEADER_BYTES) return { at, sizeInBytes: Math.max(sizeInBytes, 0) };
    at += sizeInBytes;
  }
  return { at, sizeInBytes: 0 };
}
