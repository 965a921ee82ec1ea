/**
 * Timestamp → offset, for ListOffsets: the indexes lead to a batch, which is opened to find the record itself. All that is
 * read is waited for: it may be any record of the log, and nobody else has to wait for a cold disk.
 */
import type { RecordBatch } from "../../protocol/records/batch.js";
import { isRefusal, type LogRecord, OPENED_BYTES_MAX, readRecords } from "../../protocol/records/record.js";
import type { Segment } from "../segments/segment.js";
import type { Segments } from "../segments/segments.js";
import { BatchChunks } from "./batch-chunks.js";

export interface FoundOffset {
  readonly offset: number;
  readonly timestampMs: number;
  readonly leaderEpoch: number;
}

/** Read at once; about as much as lies between two entries of the indexes comes with the first read. */
const CHUNK_BYTES = 16 * 1024;

/**
 * The first record at or behind `logStartOffset` that is not earlier than `timestampMs`; null when all are earlier.
 * Rejects with `FileError`, also when a segment is taken out of the log meanwhile.
 */
export async function findByTimestamp(
  segments: Segments,
  timestampMs: number,
  logStartOffset: number,
): Promise<FoundOffset | null> {
  const fits = (record: LogRecord) => record.timestampMs >= timestampMs && record.offset >= logStartOffset;
  const mayHold = (batch: RecordBatch) => batch.maxTimestampMs >= timestampMs && batch.lastOffset >= logStartOffset;
  for (const segment of segments.from(logStartOffset)) {
    if (segment.bytes === 0 || (await segment.loadMaxTimestamp()).timestampMs < timestampMs) continue;
    await segment.loadIndexes();
    const found = await findRecord(segment, segment.positionBeforeTimestamp(timestampMs), mayHold, fits);
    if (found !== null) return found;
  }
  return null;
}

/** The record with the largest timestamp of all, the first such; null in a log without timestamps. Rejects likewise. */
export async function findMaxTimestamp(segments: Segments): Promise<FoundOffset | null> {
  let latest: { readonly segment: Segment; readonly timestampMs: number; readonly offset: number } | null = null;
  for (const segment of [...segments.all]) {
    if (segment.bytes === 0) continue;
    const max = await segment.loadMaxTimestamp();
    if (latest === null || max.timestampMs > latest.timestampMs) latest = { segment, ...max };
  }
  if (latest === null || latest.timestampMs < 0) return null;
  const { segment, timestampMs, offset } = latest;
  await segment.loadIndexes();
  return findRecord(
    segment,
    segment.knownPositionBefore(offset) ?? 0,
    (batch) => batch.lastOffset >= offset,
    (record) => record.timestampMs === timestampMs,
  );
}

/** The first record of a segment that fits, from a position on at which a batch begins. */
async function findRecord(
  segment: Segment,
  position: number,
  mayHold: (batch: RecordBatch) => boolean,
  fits: (record: LogRecord) => boolean,
): Promise<FoundOffset | null> {
  const chunks = new BatchChunks(segment, CHUNK_BYTES, position);
  for (;;) {
    const batches = await chunks.next();
    if (batches === null || batches.length === 0) return null;
    for (const batch of batches) {
      const record = mayHold(batch) ? recordIn(batch, fits) : null;
      if (record !== null) return { ...record, leaderEpoch: batch.leaderEpoch };
    }
  }
}

/** Where a batch is too large to be opened, its first record. */
function recordIn(
  batch: RecordBatch,
  fits: (record: LogRecord) => boolean,
): { readonly offset: number; readonly timestampMs: number } | null {
  const records = readRecords(batch, OPENED_BYTES_MAX);
  if (isRefusal(records)) return { offset: batch.baseOffset, timestampMs: batch.maxTimestampMs };
  const record = records.find(fits);
  return record === undefined ? null : { offset: record.offset, timestampMs: record.timestampMs };
}
