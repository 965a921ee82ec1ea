/** A batch and its records as rows. */
import { type RecordBatch, sequenceAfter } from "../../protocol/records/batch.js";
import { codecs } from "../../protocol/records/codecs.js";
import { controlTypes, readControlType } from "../../protocol/records/control.js";
import { asBuffer } from "../../protocol/records/int64.js";
import { NO_SEQUENCE } from "../../protocol/records/layout.js";
import { isRefusal, type LogRecord, readRecords } from "../../protocol/records/record.js";
import { INSPECTED_BYTES_MAX } from "../../storage/inspection/verify-batch.js";
import type { BatchRow, ControlRow, DumpRow, RecordRow } from "./dump-rows.js";
import { keyAndValue } from "./internal-topics.js";
import { payloadOf } from "./payload.js";

/** Where a batch was found. */
export interface BatchPlace {
  readonly file: string;
  readonly position: number;
  /** Null: unknown, so keys and values are just bytes. */
  readonly topic: string | null;
}

const COORDINATOR_EPOCH_AT = 2;
const MARKER_VALUE_BYTES = 6;

export function batchRow(batch: RecordBatch, { file, position }: BatchPlace): BatchRow {
  return {
    type: "batch",
    file,
    position,
    baseOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
    count: batch.recordsCount,
    baseSequence: batch.baseSequence,
    lastSequence: batch.lastSequence,
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    partitionLeaderEpoch: batch.leaderEpoch,
    isTransactional: batch.isTransactional,
    isControl: batch.isControl,
    deleteHorizonMs: batch.deleteHorizonMs,
    timestampType: batch.timestampType,
    maxTimestampMs: batch.maxTimestampMs,
    sizeInBytes: batch.sizeInBytes,
    magic: batch.magic,
    compressionType: codecName(batch.codec),
    crc: batch.crc,
    isValid: batch.hasValidCrc(),
  };
}

export function* recordRows(batch: RecordBatch, place: BatchPlace): Generator<DumpRow, void, void> {
  const records = readRecords(batch, INSPECTED_BYTES_MAX);
  if (isRefusal(records)) {
    const { file, position } = place;
    const damage = `has a batch that cannot be opened: ${records.errorMessage}`;
    yield { type: "damage", file, position, offset: batch.baseOffset, damage };
    return;
  }
  for (const record of records) {
    const control = batch.isControl ? controlRow(batch, record, place.file) : null;
    yield control ?? recordRow(batch, record, place);
  }
}

function recordRow(batch: RecordBatch, record: LogRecord, { file, topic }: BatchPlace): RecordRow {
  const { offset, timestampMs, key, value } = record;
  const { baseSequence, baseOffset, timestampType } = batch;
  return {
    type: "record",
    file,
    offset,
    timestampType,
    timestampMs,
    keySize: key?.length ?? -1,
    valueSize: value?.length ?? -1,
    sequence: baseSequence === NO_SEQUENCE ? NO_SEQUENCE : sequenceAfter(baseSequence, offset - baseOffset),
    headers: record.headers.map((header) => ({
      key: header.key,
      value: header.value === null ? null : payloadOf(header.value),
    })),
    ...keyAndValue(topic, record),
  };
}

/** Null: its key does not say a type. */
function controlRow(batch: RecordBatch, record: LogRecord, file: string): ControlRow | null {
  const type = readControlType(record.key);
  if (type === null) return null;
  const isMarker = type === controlTypes.COMMIT || type === controlTypes.ABORT;
  const { offset, timestampMs, value } = record;
  return {
    type: "control",
    file,
    offset,
    timestampType: batch.timestampType,
    timestampMs,
    control: controlName(type),
    coordinatorEpoch:
      isMarker && value !== null && value.length >= MARKER_VALUE_BYTES
        ? asBuffer(value).readInt32BE(COORDINATOR_EPOCH_AT)
        : null,
    value: value === null ? null : payloadOf(value),
  };
}

function controlName(type: number): string {
  return Object.entries(controlTypes).find(([, number]) => number === type)?.[0] ?? `UNKNOWN(${type})`;
}

function codecName(codec: number): string {
  return Object.entries(codecs).find(([, number]) => number === codec)?.[0] ?? `unknown(${codec})`;
}
