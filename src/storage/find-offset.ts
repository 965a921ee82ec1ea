/** Timestamp → offset, for ListOffsets: the indexes lead to a batch, which is opened to find the record itself. */
import { RecordBatch } from "../protocol/records/batch.js";
import { isRefusal, type LogRecord, readRecords } from "../protocol/records/record.js";
import type { Segments } from "./segments.js";

export interface FoundOffset {
  readonly offset: number;
  readonly timestampMs: number;
  readonly leaderEpoch: number;
}

/** Within it, a batch is opened to find the very record; a larger one is answered by its first. */
const OPENED_BYTES_MAX = 64 * 1024 * 1024;

/** The first record at or behind `logStartOffset` that is not earlier than `timestampMs`; null when all are earlier. */
export function findByTimestamp(segments: Segments, timestampMs: number, logStartOffset: number): FoundOffset | null {
  const fits = (record: LogRecord) => record.timestampMs >= timestampMs && record.offset >= logStartOffset;
  for (const segment of segments.from(logStartOffset)) {
    if (segment.bytes === 0 || segment.maxTimestamp.timestampMs < timestampMs) continue;
    const scan = segment.scanFrom(segment.positionBeforeTimestamp(timestampMs));
    for (let header = scan.next(); header !== null; header = scan.next()) {
      if (header.maxTimestampMs < timestampMs || header.lastOffset < logStartOffset) continue;
      const { sizeInBytes } = header;
      const batch = new RecordBatch(segment.readBatch({ position: scan.position, sizeInBytes }), 0);
      const record = recordIn(batch, fits);
      if (record !== null) return { ...record, leaderEpoch: batch.leaderEpoch };
    }
  }
  return null;
}

/** The record with the largest timestamp of all, the first such; null in a log without timestamps. */
export function findMaxTimestamp(segments: Segments): FoundOffset | null {
  let latest = null;
  for (const segment of segments.all) {
    if (segment.bytes === 0) continue;
    if (latest === null || segment.maxTimestamp.timestampMs > latest.maxTimestamp.timestampMs) latest = segment;
  }
  if (latest === null || latest.maxTimestamp.timestampMs < 0) return null;
  const { timestampMs, offset } = latest.maxTimestamp;
  const located = latest.locate(offset);
  if (located === null) return null;
  const batch = new RecordBatch(latest.readBatch(located), 0);
  const record = recordIn(batch, (one) => one.timestampMs === timestampMs);
  return record === null ? null : { ...record, leaderEpoch: batch.leaderEpoch };
}

function recordIn(
  batch: RecordBatch,
  fits: (record: LogRecord) => boolean,
): { readonly offset: number; readonly timestampMs: number } | null {
  const records = readRecords(batch, OPENED_BYTES_MAX);
  if (isRefusal(records)) return { offset: batch.baseOffset, timestampMs: batch.maxTimestampMs };
  const record = records.find(fits);
  return record === undefined ? null : { offset: record.offset, timestampMs: record.timestampMs };
}
