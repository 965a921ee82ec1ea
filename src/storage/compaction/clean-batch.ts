/**
 * What compaction leaves of one batch. Offsets never change: a batch keeps its base offset and last offset delta however
 * few of its records stay, and a batch of which nothing changes keeps its very bytes.
 */
import { RecordBatch } from "../../protocol/records/batch.js";
import { codecs, compress, decompress, isCodec, isRefused } from "../../protocol/records/codecs.js";
import { asBuffer, writeInt64 } from "../../protocol/records/int64.js";
import * as layout from "../../protocol/records/layout.js";
import { OPENED_BYTES_MAX } from "../../protocol/records/record.js";
import { varintBytes, writeVarint } from "../../protocol/records/varint.js";
import type { AbortedTransaction } from "../segments/transaction-index.js";
import type { CleanedTransactions } from "./cleaned-transactions.js";
import type { KeyMap } from "./key-map.js";
import { RecordCursor } from "./record-cursor.js";

export interface CleaningRules {
  readonly keys: KeyMap;
  /** It has seen all batches before. */
  readonly transactions: CleanedTransactions;
  /** Told of each aborted transaction whose marker stays: readers still look for it. */
  readonly keepsAborted: (transaction: AbortedTransaction) => void;
  /** The records from this offset on are not in `keys`: they all stay. */
  readonly mappedEndOffset: number;
  readonly nowMs: number;
  /** `delete.retention.ms` */
  readonly deleteRetentionMs: number;
  /** Whether the header must stay even if no record does: for the sequence of its producer, or the end of the segment. */
  readonly keepsEmpty: (batch: RecordBatch) => boolean;
}

/** "same": it stays as it is. "none": it goes. "damaged": it cannot be opened, or its checksum is wrong. */
export type CleanedBatch = Buffer | "same" | "none" | "damaged";

/** So many records are looked at between two chances for other work. */
const RECORDS_PER_STEP = 64;

/** The records of a batch where they lie, or null if it cannot be opened. */
export function openBody(batch: RecordBatch): Buffer | null {
  const { codec } = batch;
  const body = isCodec(codec) ? decompress(codec, batch.body, OPENED_BYTES_MAX) : null;
  return body === null || isRefused(body) ? null : asBuffer(body);
}

/** The batch may be changed in place: what is returned counts. */
export function* cleanBatch(batch: RecordBatch, rules: CleaningRules): Generator<void, CleanedBatch, void> {
  if (!batch.hasValidCrc()) return "damaged";
  if (batch.isControl) return cleanMarker(batch, rules);
  const isAborted = rules.transactions.isAborted(batch);
  if (batch.recordsCount === 0) return rules.keepsEmpty(batch) ? "same" : "none";
  if (isAborted) return rules.keepsEmpty(batch) ? emptied(batch) : "none";
  const body = openBody(batch);
  if (body === null) return "damaged";
  const kept = yield* recordsThatStay(batch, body, rules);
  if (kept === null) return "damaged";
  if (kept.count === 0) return rules.keepsEmpty(batch) ? emptied(batch) : "none";
  // KIP-534: the time at which tombstones may go is set when compaction meets them first.
  const isNewHorizon = kept.hasTombstone && batch.deleteHorizonMs === null;
  if (kept.count === batch.recordsCount && !isNewHorizon) return "same";
  return rewritten(batch, kept, isNewHorizon ? rules.nowMs + rules.deleteRetentionMs : null);
}

/**
 * A marker stays as long as anything of its transaction does, and then for `delete.retention.ms`: a reader that is in the
 * midst of the transaction must still learn how it ended.
 */
function cleanMarker(marker: RecordBatch, { transactions, keepsAborted, ...rules }: CleaningRules): CleanedBatch {
  const ended = transactions.endedBy(marker);
  if (typeof ended === "object") keepsAborted(ended);
  if (ended !== "nothing") return "same";
  if (marker.recordsCount === 0) return rules.keepsEmpty(marker) ? "same" : "none";
  const { deleteHorizonMs } = marker;
  if (deleteHorizonMs !== null && rules.nowMs < deleteHorizonMs) return "same";
  if (deleteHorizonMs !== null) return rules.keepsEmpty(marker) ? emptied(marker) : "none";
  const body = openBody(marker);
  if (body === null) return "damaged";
  const { recordsCount: count, maxTimestampMs } = marker;
  const all = { body, runs: [0, body.length], bytes: body.length, count, hasTombstone: false, maxTimestampMs };
  return rewritten(marker, all, rules.nowMs + rules.deleteRetentionMs);
}

interface KeptRecords {
  readonly body: Buffer;
  /** Where runs of them start and end, by turns. */
  readonly runs: readonly number[];
  readonly bytes: number;
  readonly count: number;
  readonly hasTombstone: boolean;
  readonly maxTimestampMs: number;
}

/** Null: the body is malformed. */
function* recordsThatStay(
  batch: RecordBatch,
  body: Buffer,
  rules: CleaningRules,
): Generator<void, KeptRecords | null, void> {
  const { baseOffset, baseTimestampMs, deleteHorizonMs } = batch;
  const tombstonesStay = deleteHorizonMs === null || rules.nowMs < deleteHorizonMs;
  const cursor = new RecordCursor(body);
  const runs: number[] = [];
  let [count, seen, bytes, hasTombstone, maxTimestampMs] = [0, 0, 0, false, layout.NO_TIMESTAMP];
  while (cursor.next()) {
    if (++seen % RECORDS_PER_STEP === 0) yield;
    if (!stays(cursor, baseOffset + cursor.offsetDelta, tombstonesStay, rules)) continue;
    if (runs.at(-1) === cursor.start) runs[runs.length - 1] = cursor.end;
    else runs.push(cursor.start, cursor.end);
    count++;
    bytes += cursor.end - cursor.start;
    hasTombstone ||= cursor.isTombstone;
    maxTimestampMs = Math.max(maxTimestampMs, baseTimestampMs + cursor.timestampDelta);
  }
  if (cursor.failed || seen !== batch.recordsCount) return null;
  if (batch.timestampType === "LogAppendTime") ({ maxTimestampMs } = batch);
  return { body, runs, bytes, count, hasTombstone, maxTimestampMs };
}

function stays(cursor: RecordCursor, offset: number, tombstonesStay: boolean, rules: CleaningRules): boolean {
  if (offset >= rules.mappedEndOffset) return true;
  if (cursor.keyStart < 0 || (cursor.isTombstone && !tombstonesStay)) return false;
  return offset >= rules.keys.offsetOf(cursor.bytes, cursor.keyStart, cursor.keyEnd);
}

function rewritten(batch: RecordBatch, kept: KeptRecords, newHorizonMs: number | null): Buffer {
  const { codec } = batch;
  const records = newHorizonMs === null ? joined(kept) : rebased(kept, batch.baseTimestampMs - newHorizonMs);
  const body = isCodec(codec) ? compress(codec, records) : records;
  // Most batches are written anew where they lie: a fresh buffer for each would keep the garbage collector busy.
  const bytes = isBehindHeader(body, batch)
    ? batch.bytes.subarray(0, layout.HEADER_BYTES + body.length)
    : Buffer.concat([batch.bytes.subarray(0, layout.HEADER_BYTES), body]);
  bytes.writeInt32BE(bytes.length - layout.PREFIX_BYTES, layout.LENGTH);
  if (newHorizonMs !== null) {
    bytes.writeInt16BE(batch.attributes | layout.DELETE_HORIZON_BIT, layout.ATTRIBUTES);
    writeInt64(bytes, newHorizonMs, layout.BASE_TIMESTAMP);
  }
  writeInt64(bytes, kept.maxTimestampMs, layout.MAX_TIMESTAMP);
  bytes.writeInt32BE(kept.count, layout.RECORDS_COUNT);
  new RecordBatch(bytes, 0).writeCrc();
  return bytes;
}

function isBehindHeader(body: Uint8Array, batch: RecordBatch): boolean {
  return body.buffer === batch.body.buffer && body.byteOffset === batch.body.byteOffset;
}

/** The records that stay, moved together in the body itself: nobody else looks at it. */
function joined({ body, runs, bytes }: KeptRecords): Buffer {
  let at = 0;
  for (let run = 0; run < runs.length; run += 2) at += body.copy(body, at, runs[run], runs[run + 1]);
  return body.subarray(0, bytes);
}

/** The records with timestamps that count from another base: each delta grows by `shiftMs`. */
function rebased(kept: KeptRecords, shiftMs: number): Buffer {
  const growth = kept.count * 2 * varintBytes(Number.MAX_SAFE_INTEGER);
  const into = Buffer.allocUnsafe(kept.bytes + growth);
  let at = 0;
  for (let run = 0; run < kept.runs.length; run += 2) {
    const cursor = new RecordCursor(kept.body.subarray(0, kept.runs[run + 1]), kept.runs[run]);
    while (cursor.next()) {
      const delta = cursor.timestampDelta + shiftMs;
      const rest = cursor.end - cursor.afterTimestamp;
      at = writeVarint(into, 1 + varintBytes(delta) + rest, at);
      at += kept.body.copy(into, at, cursor.contentStart, cursor.contentStart + 1);
      at = writeVarint(into, delta, at);
      at += kept.body.copy(into, at, cursor.afterTimestamp, cursor.end);
    }
  }
  return into.subarray(0, at);
}

/** The header alone: it still tells the offsets, the leader epoch, and the sequences of the producer. */
function emptied(batch: RecordBatch): Buffer {
  const bytes = Buffer.from(batch.bytes.subarray(0, layout.HEADER_BYTES));
  const dropped = layout.CODEC_MASK | layout.DELETE_HORIZON_BIT;
  bytes.writeInt32BE(layout.HEADER_BYTES - layout.PREFIX_BYTES, layout.LENGTH);
  bytes.writeInt16BE((batch.attributes & ~dropped) | codecs.none, layout.ATTRIBUTES);
  writeInt64(bytes, batch.maxTimestampMs, layout.BASE_TIMESTAMP);
  bytes.writeInt32BE(0, layout.RECORDS_COUNT);
  new RecordBatch(bytes, 0).writeCrc();
  return bytes;
}
