/** A row as text, in the words and the order of Apache Kafka's DumpLogSegments. */
import { unreachable } from "../../lib/invariant.js";
import { sequenceBefore } from "../../storage/producers/producer-snapshot.js";
import type { AbortedTransactionRow, BatchRow, ControlRow, DumpRow, ProducerRow, RecordRow } from "./dump-rows.js";
import { sentenceOf } from "./finding-text.js";
import { printed, quoted } from "./payload.js";

export function textOf(row: DumpRow): string {
  switch (row.type) {
    case "batch":
      return batchText(row);
    case "record":
      return recordText(row);
    case "control":
      return controlText(row);
    case "offsetIndexEntry":
      return `offset: ${row.offset} position: ${row.position}`;
    case "timeIndexEntry":
      return `timestamp: ${row.timestampMs} offset: ${row.offset}`;
    case "abortedTransaction":
      return transactionText(row);
    case "producer":
      return producerText(row);
    case "leaderEpoch":
      return `epoch: ${row.epoch} startOffset: ${row.startOffset}`;
    case "damage":
      return sentenceOf("DAMAGE", { ...row, path: row.file, what: row.damage });
    default:
      return unreachable(row);
  }
}

function batchText(row: BatchRow): string {
  const shown = {
    baseOffset: row.baseOffset,
    lastOffset: row.lastOffset,
    count: row.count,
    baseSequence: row.baseSequence,
    lastSequence: row.lastSequence,
    producerId: row.producerId,
    producerEpoch: row.producerEpoch,
    partitionLeaderEpoch: row.partitionLeaderEpoch,
    isTransactional: row.isTransactional,
    isControl: row.isControl,
    deleteHorizonMs: row.deleteHorizonMs ?? "none",
    position: row.position,
    [row.timestampType]: row.maxTimestampMs,
    size: row.sizeInBytes,
    magic: row.magic,
    compresscodec: row.compressionType,
    crc: row.crc,
    isvalid: row.isValid,
  };
  return fields(shown);
}

function recordText(row: RecordRow): string {
  const { offset, keySize, valueSize, sequence } = row;
  const headers = row.headers.map(({ key, value }) => `${quoted(key)}: ${printed(value)}`).join(", ");
  const shown = { offset, [row.timestampType]: row.timestampMs, keySize, valueSize, sequence, headers: `[${headers}]` };
  return `| ${fields(shown)} key: ${printed(row.key)} payload: ${printed(row.value)}`;
}

function controlText(row: ControlRow): string {
  const where = `| offset: ${row.offset} ${row.timestampType}: ${row.timestampMs}`;
  return row.coordinatorEpoch === null
    ? `${where} control: ${row.control} payload: ${printed(row.value)}`
    : `${where} endTxnMarker: ${row.control} coordinatorEpoch: ${row.coordinatorEpoch}`;
}

function producerText(row: ProducerRow): string {
  const { producerId, producerEpoch, coordinatorEpoch, currentTxnFirstOffset, lastTimestampMs } = row;
  const { lastSequence, lastOffset, offsetDelta } = row;
  const producer = {
    producerId,
    producerEpoch,
    coordinatorEpoch,
    currentTxnFirstOffset,
    lastTimestamp: lastTimestampMs,
  };
  // Of some producers only a marker is left.
  if (lastOffset < 0) return fields(producer);
  const firstSequence = sequenceBefore(lastSequence, offsetDelta);
  return fields({ ...producer, firstSequence, lastSequence, lastOffset, offsetDelta, timestamp: lastTimestampMs });
}

function transactionText(row: AbortedTransactionRow): string {
  const { version, producerId, firstOffset, lastOffset, lastStableOffset } = row;
  return fields({ version, producerId, firstOffset, lastOffset, lastStableOffset });
}

function fields(shown: Readonly<Record<string, unknown>>): string {
  return Object.entries(shown)
    .map(([name, value]) => `${name}: ${value}`)
    .join(" ");
}
