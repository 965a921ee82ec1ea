/** What is wrong with one batch of a log: its CRC, its numbers, and what opening it shows. */
import type { RecordBatch } from "../../protocol/records/batch.js";
import { readControlType } from "../../protocol/records/control.js";
import { isRefusal, type LogRecord, readRecords } from "../../protocol/records/record.js";
import { RELATIVE_OFFSET_MAX } from "../segments/offset-index.js";

/** A batch that stands for more is not opened. */
export const INSPECTED_BYTES_MAX = 256 * 1024 * 1024;

export interface BatchDamage {
  /** Goes on behind the name of the file. */
  readonly what: string;
  /** The batch is sound, only not in its place: the order is judged anew from its end. */
  readonly isOutOfOrder: boolean;
}

/** `endOffset`: where the batches before it end. Null: nothing is wrong. */
export function damageOf(batch: RecordBatch, endOffset: number, segmentBaseOffset: number): BatchDamage | null {
  const what = batch.hasValidCrc()
    ? (damagedNumbers(batch, segmentBaseOffset) ?? damagedRecords(batch))
    : `has a batch with a wrong CRC (stored is ${batch.crc})`;
  if (what !== null) return { what, isOutOfOrder: false };
  const { baseOffset } = batch;
  if (baseOffset >= endOffset) return null;
  const order = `has a batch that begins at offset ${baseOffset}, though what stands before it reaches to ${endOffset - 1}`;
  return { what: order, isOutOfOrder: true };
}

function damagedNumbers(batch: RecordBatch, segmentBaseOffset: number): string | null {
  const { baseOffset, lastOffset, lastOffsetDelta, recordsCount } = batch;
  if (!Number.isSafeInteger(baseOffset) || baseOffset < 0) return `has a batch with the base offset ${baseOffset}`;
  if (lastOffsetDelta < 0) return `has a batch with the last offset delta ${lastOffsetDelta}`;
  if (recordsCount < 0 || recordsCount > lastOffsetDelta + 1) {
    return `has a batch with ${recordsCount} records for ${lastOffsetDelta + 1} offsets`;
  }
  if (lastOffset - segmentBaseOffset > RELATIVE_OFFSET_MAX) {
    return `has a batch that ends at offset ${lastOffset}, further than a segment reaches`;
  }
  return null;
}

function damagedRecords(batch: RecordBatch): string | null {
  const records = readRecords(batch, INSPECTED_BYTES_MAX);
  if (isRefusal(records)) return `has a batch that cannot be opened: ${records.errorMessage}`;
  let before = batch.baseOffset - 1;
  for (const { offset } of records) {
    if (offset <= before || offset > batch.lastOffset) {
      return `has a batch of offsets ${batch.baseOffset} to ${batch.lastOffset} with a record of offset ${offset} behind ${before}`;
    }
    before = offset;
  }
  return batch.isControl ? damagedControl(records) : null;
}

function damagedControl(records: readonly LogRecord[]): string | null {
  const isNamed = records.every((record) => readControlType(record.key) !== null);
  return isNamed ? null : "has a control batch whose record does not say its type";
}
