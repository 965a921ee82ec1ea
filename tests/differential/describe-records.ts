/** Shows the record batches of a Fetch answer or a Produce request field by field, so that two of them can be compared. */
import { type RecordBatch, readBatches } from "../../src/protocol/records/batch.js";
import { isRefusal, readRecords } from "../../src/protocol/records/record.js";
import type { Plain } from "./normalise.js";

const BODY_BYTES_MAX = 16 * 1024 * 1024;

export function describeRecords(value: unknown, producerId: (id: number) => Plain): Plain {
  const bytes = value instanceof Uint8Array ? value : Buffer.concat(Array.isArray(value) ? value : []);
  const { batches, end, stop } = readBatches(bytes);
  const shown: Plain[] = batches.map((batch) => describeBatch(batch, producerId));
  if (stop !== null) shown.push(`${bytes.length - end} bytes: ${stop}`);
  return shown;
}

function describeBatch(batch: RecordBatch, producerId: (id: number) => Plain): Plain {
  return {
    baseOffset: batch.baseOffset,
    sizeInBytes: batch.sizeInBytes,
    leaderEpoch: batch.leaderEpoch,
    magic: batch.magic,
    crc: batch.hasValidCrc() ? "valid" : "wrong",
    attributes: batch.attributes,
    lastOffsetDelta: batch.lastOffsetDelta,
    producerId: producerId(batch.producerId),
    producerEpoch: batch.producerEpoch,
    baseSequence: batch.baseSequence,
    records: batch.hasValidCrc() ? describeBody(batch) : "not looked at",
  };
}

function describeBody(batch: RecordBatch): Plain {
  const records = readRecords(batch, BODY_BYTES_MAX);
  if (isRefusal(records)) return records.errorMessage;
  return records.map(({ offset, timestampMs, key, value, headers }) => ({
    offset,
    timestampMs: batch.timestampType === "LogAppendTime" || batch.isControl ? "<now>" : timestampMs,
    key: asText(key),
    value: asText(value),
    headers: headers.map((header) => `${header.key}=${asText(header.value)}`),
  }));
}

function asText(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString("utf8");
}
