/**
 * What a batch must be before it may enter the log, as far as its header tells. Apache Kafka also walks every record
 * of an uncompressed batch; here the body stays closed (the rules that need it are the log's).
 */
import { unreachable } from "../../lib/invariant.js";
import { type ErrorCode, errors } from "../errors.js";
import { type BatchStop, type RecordBatch, readBatches } from "./batch.js";
import { isCodec } from "./codecs.js";
import { NO_PRODUCER_ID, NO_SEQUENCE } from "./layout.js";

export interface Refusal {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string;
}

/** Cuts `bytes` into whole batches, or says why that is impossible. CRCs are not looked at. */
export function wholeBatches(bytes: Uint8Array): readonly RecordBatch[] | Refusal {
  const { batches, end, stop } = readBatches(bytes);
  return stop === null ? batches : refuseStop(stop, end);
}

export function refuseWrongCrc(batch: RecordBatch): Refusal | null {
  return batch.hasValidCrc() ? null : corrupt(`Record batch has a wrong CRC (stored ${batch.crc})`);
}

/** Tells a refusal from what was asked for. */
export function isRefusal(result: object): result is Refusal {
  return "errorCode" in result;
}

/** The rules for a batch that a client sent, in the order and with the codes of Apache Kafka. Null: it may pass. */
export function refuseClientBatch(batch: RecordBatch): Refusal | null {
  if (batch.baseOffset !== 0) {
    return invalid(`The base offset of a produced record batch must be 0, but it is ${batch.baseOffset}`);
  }
  const { recordsCount, lastOffsetDelta } = batch;
  if (recordsCount <= 0) return invalid(`Record batch reports ${recordsCount} records`);
  if (lastOffsetDelta + 1 !== recordsCount) {
    return invalid(`Record batch reports ${recordsCount} records, but a last offset delta of ${lastOffsetDelta}`);
  }
  if (batch.isControl) return invalid("Clients may not write control records");
  if (!isCodec(batch.codec)) {
    return {
      errorCode: errors.UNSUPPORTED_COMPRESSION_TYPE.code,
      errorMessage: `Unknown compression type ${batch.codec}`,
    };
  }
  return refuseProducerFields(batch) ?? refuseTimestamps(batch);
}

function refuseProducerFields(batch: RecordBatch): Refusal | null {
  const { producerId, baseSequence } = batch;
  if (producerId === NO_PRODUCER_ID) return null;
  if (!Number.isSafeInteger(producerId) || producerId < 0) return invalid(`Producer id ${producerId} is out of range`);
  if (baseSequence <= NO_SEQUENCE) {
    return invalid(`Record batch of producer ${producerId} has sequence ${baseSequence}`);
  }
  return null;
}

function refuseTimestamps(batch: RecordBatch): Refusal | null {
  const { baseTimestampMs, maxTimestampMs } = batch;
  if (batch.timestampType === "LogAppendTime") return invalidTimestamp("Producers may not set LogAppendTime");
  if (Number.isSafeInteger(baseTimestampMs) && Number.isSafeInteger(maxTimestampMs)) return null;
  return invalidTimestamp("Record batch has a timestamp out of range");
}

function refuseStop(stop: BatchStop, end: number): Refusal {
  switch (stop) {
    case "torn":
      return corrupt(`Record batch at byte ${end} is longer than what was sent`);
    case "bad length":
      return corrupt(`Record batch at byte ${end} is shorter than its header`);
    case "bad magic":
      return corrupt(`Record batch at byte ${end} is not of magic 2`);
    default:
      return unreachable(stop);
  }
}

function corrupt(errorMessage: string): Refusal {
  return { errorCode: errors.CORRUPT_MESSAGE.code, errorMessage };
}

function invalidTimestamp(errorMessage: string): Refusal {
  return { errorCode: errors.INVALID_TIMESTAMP.code, errorMessage };
}

function invalid(errorMessage: string): Refusal {
  return { errorCode: errors.INVALID_RECORD.code, errorMessage };
}
