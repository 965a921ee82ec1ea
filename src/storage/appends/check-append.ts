/** The rules of a topic for what its leader appends, beyond those that every batch must keep. */
import type { Instant } from "../../lib/environment.js";
import { errors } from "../../protocol/errors.js";
import type { RecordBatch } from "../../protocol/records/batch.js";
import {
  isRefusal,
  type Refusal,
  refuseClientBatch,
  refuseWrongCrc,
  wholeBatches,
} from "../../protocol/records/check-batch.js";
import { NO_TIMESTAMP } from "../../protocol/records/layout.js";
import { type LogRecord, OPENED_BYTES_MAX, readRecords } from "../../protocol/records/record.js";
import type { LogConfig } from "../log-config.js";
import type { AppendOrigin, AppendRefusal } from "../log-results.js";
import { recompressed } from "./recompress.js";

/** As many as a person may want to read; there may be a hundred thousand of them. */
const RECORD_ERRORS_MAX = 100;

/** The one batch in `records`, if the topic may have it; where it wants another codec, a copy in that. */
export function checkAppend(
  records: Uint8Array,
  origin: AppendOrigin,
  config: LogConfig,
  now: Instant,
): RecordBatch | AppendRefusal {
  const batches = wholeBatches(records);
  if (isRefusal(batches)) return batches;
  const [batch] = batches;
  if (batch === undefined || batches.length > 1) {
    return refuse("INVALID_RECORD", `Exactly one record batch can be appended at a time, not ${batches.length}`);
  }
  const refusal =
    refuseSize(batch, config) ??
    refuseWrongCrc(batch) ??
    (origin === "client" ? refuseClient(batch, config, now) : null);
  if (refusal !== null || origin === "coordinator") return refusal ?? batch;
  const wanted = recompressed(batch, config.compressionType);
  if (isRefusal(wanted)) return wanted;
  return refuseSize(wanted, config) ?? wanted;
}

function refuseSize({ sizeInBytes }: RecordBatch, config: LogConfig): AppendRefusal | null {
  if (sizeInBytes > config.maxMessageBytes) {
    return refuse(
      "MESSAGE_TOO_LARGE",
      `The record batch has ${sizeInBytes} bytes, allowed are ${config.maxMessageBytes}`,
    );
  }
  if (sizeInBytes > config.segmentBytes) {
    return refuse("RECORD_LIST_TOO_LARGE", `The record batch has ${sizeInBytes} bytes, more than segment.bytes`);
  }
  return null;
}

/** The batches in `records`, which have their offsets already: they go on where the log ends, gaps allowed. */
export function checkFollowerAppend(records: Uint8Array, endOffset: number): readonly RecordBatch[] | AppendRefusal {
  const batches = wholeBatches(records);
  if (isRefusal(batches)) return batches;
  if (batches.length === 0) return refuse("INVALID_RECORD", "There is no record batch to append");
  let end = endOffset;
  for (const batch of batches) {
    const { baseOffset, lastOffset } = batch;
    if (baseOffset < end || lastOffset < baseOffset) {
      return refuse(
        "INVALID_RECORD",
        `A record batch has offsets ${baseOffset} to ${lastOffset}, the log ends at ${end}`,
      );
    }
    const refusal = refuseWrongCrc(batch);
    if (refusal !== null) return refusal;
    end = lastOffset + 1;
  }
  return batches;
}

function refuseClient(batch: RecordBatch, config: LogConfig, now: Instant): AppendRefusal | null {
  return (
    refuseClientBatch(batch) ??
    refuseTimestamps(batch, config, now) ??
    (config.cleanupPolicy.compact ? refuseMissingKeys(batch) : null)
  );
}

/** Apache Kafka looks at every record; the header tells of the first and of the latest. */
function refuseTimestamps(batch: RecordBatch, config: LogConfig, now: Instant): AppendRefusal | null {
  if (config.messageTimestampType === "LogAppendTime") return null;
  const earliestMs = now.wallMs - config.messageTimestampBeforeMaxMs;
  const latestMs = now.wallMs + config.messageTimestampAfterMaxMs;
  const isAllowed = (timestampMs: number) =>
    timestampMs === NO_TIMESTAMP || (timestampMs >= earliestMs && timestampMs <= latestMs);
  const bad = [batch.baseTimestampMs, batch.maxTimestampMs].find((timestampMs) => !isAllowed(timestampMs));
  if (bad === undefined) return null;
  const message = `Timestamp ${bad} is not within [${earliestMs}, ${latestMs}]`;
  const opened = readRecords(batch, OPENED_BYTES_MAX);
  const records = isRefusal(opened) ? [] : opened;
  const recordErrors = recordsToBlame(records, message, ({ timestampMs }) => !isAllowed(timestampMs));
  return { errorCode: errors.INVALID_TIMESTAMP.code, errorMessage: message, recordErrors };
}

/** Compaction keeps the last record of each key, so each record needs one. */
function refuseMissingKeys(batch: RecordBatch): AppendRefusal | Refusal | null {
  const opened = readRecords(batch, OPENED_BYTES_MAX);
  if (isRefusal(opened)) return opened;
  const message = "A compacted topic does not accept records without a key";
  const recordErrors = recordsToBlame(opened, message, ({ key }) => key === null);
  if (recordErrors.length === 0) return null;
  return { errorCode: errors.INVALID_RECORD.code, errorMessage: message, recordErrors };
}

/** The records with a fault, by their place in the batch. */
function recordsToBlame(records: readonly LogRecord[], message: string, isFaulty: (record: LogRecord) => boolean) {
  const recordErrors: { batchIndex: number; message: string }[] = [];
  for (const [batchIndex, record] of records.entries()) {
    if (isFaulty(record) && recordErrors.length < RECORD_ERRORS_MAX) recordErrors.push({ batchIndex, message });
  }
  return recordErrors;
}

function refuse(name: keyof typeof errors, errorMessage: string): AppendRefusal {
  return { errorCode: errors[name].code, errorMessage };
}
