/** The records inside a batch, for those few places that open one: loading coordinators, compacted topics, tools. */
import { errors } from "../errors.js";
import type { RecordBatch } from "./batch.js";
import type { Refusal } from "./check-batch.js";
import { decompress, isCodec, isRefused } from "./codecs.js";
import { asBuffer } from "./int64.js";
import { VarintReader } from "./varint.js";

/** Keys and values are views of the batch, or of its decompressed body: copy what must outlive it. */
export interface LogRecord {
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}

interface RecordHeader {
  readonly key: string;
  readonly value: Uint8Array | null;
}

const NO_HEADERS: readonly RecordHeader[] = [];

/** What a client sent, or a log holds, may open to so much: a hostile batch of a megabyte can stand for gigabytes. */
export const OPENED_BYTES_MAX = 64 * 1024 * 1024;

/** Opens a batch. `bytesMax` bounds its decompressed body, whatever the batch says of itself. */
export function readRecords(batch: RecordBatch, bytesMax: number): readonly LogRecord[] | Refusal {
  const codec = batch.codec;
  if (!isCodec(codec)) {
    return { errorCode: errors.UNSUPPORTED_COMPRESSION_TYPE.code, errorMessage: `Unknown compression type ${codec}` };
  }
  const body = decompress(codec, batch.body, bytesMax);
  if (isRefused(body)) {
    return body.refused === "too large"
      ? {
          errorCode: errors.MESSAGE_TOO_LARGE.code,
          errorMessage: `Record batch decompresses to over ${bytesMax} bytes`,
        }
      : { errorCode: errors.CORRUPT_MESSAGE.code, errorMessage: "Record batch does not decompress" };
  }
  return decodeBody(batch, asBuffer(body));
}

function decodeBody(batch: RecordBatch, body: Buffer): readonly LogRecord[] | Refusal {
  const reader = new VarintReader(body, 0);
  const records: LogRecord[] = [];
  const { recordsCount, baseOffset, baseTimestampMs } = batch;
  const logAppendTimeMs = batch.timestampType === "LogAppendTime" ? batch.maxTimestampMs : null;
  for (let index = 0; index < recordsCount; index++) {
    const record = decodeRecord(reader, baseOffset, baseTimestampMs, logAppendTimeMs);
    if (record === null) return malformed(`Record ${index} of the batch is malformed`);
    records.push(record);
  }
  return reader.left === 0 ? records : malformed(`Record batch has ${reader.left} bytes behind its last record`);
}

function decodeRecord(
  reader: VarintReader,
  baseOffset: number,
  baseTimestampMs: number,
  logAppendTimeMs: number | null,
): LogRecord | null {
  const length = reader.varint();
  if (reader.failed || length < 0 || length > reader.left) return null;
  const end = reader.at + length;
  reader.byte(); // attributes: no bit is in use
  const timestampDelta = reader.varlong();
  const offset = baseOffset + reader.varint();
  const key = reader.nullableBytes();
  const value = reader.nullableBytes();
  const headers = decodeHeaders(reader);
  const timestampMs = logAppendTimeMs ?? baseTimestampMs + timestampDelta;
  if (reader.failed || reader.at !== end || !Number.isSafeInteger(timestampMs)) return null;
  return { offset, timestampMs, key, value, headers };
}

function decodeHeaders(reader: VarintReader): readonly RecordHeader[] {
  const count = reader.varint();
  if (count === 0) return NO_HEADERS;
  // A header takes two bytes at least.
  if (count < 0 || count > reader.left / 2) reader.failed = true;
  const headers: RecordHeader[] = [];
  while (!reader.failed && headers.length < count) {
    const key = reader.nullableBytes();
    if (key === null) reader.failed = true;
    else headers.push({ key: key.toString("utf8"), value: reader.nullableBytes() });
  }
  return headers;
}

function malformed(errorMessage: string): Refusal {
  return { errorCode: errors.INVALID_RECORD.code, errorMessage };
}

export { isRefusal } from "./check-batch.js";
