/** Makes record batches, for those that write records of their own: coordinators, the controller, tools, tests. */
import { invariant } from "../../lib/invariant.js";
import { RecordBatch } from "./batch.js";
import { type CodecId, codecs, compress } from "./codecs.js";
import { writeInt64 } from "./int64.js";
import * as layout from "./layout.js";
import { varintBytes, writeVarint } from "./varint.js";

export interface BatchToBuild {
  readonly records: readonly RecordToBuild[];
  /** Default 0, as in every batch that an append gives its place. */
  readonly baseOffset?: number;
  readonly leaderEpoch?: number;
  readonly codec?: CodecId;
  /** Of an idempotent or transactional producer. */
  readonly producer?: { readonly id: number; readonly epoch: number; readonly baseSequence: number };
  readonly isTransactional?: boolean;
  readonly isControl?: boolean;
}

interface RecordToBuild {
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: readonly { readonly key: string; readonly value: Uint8Array | null }[];
}

export function buildBatch(batch: BatchToBuild): Uint8Array {
  const first = batch.records[0];
  invariant(first !== undefined, "a record batch has records");
  const codec = batch.codec ?? codecs.none;
  const body = codec === codecs.none ? null : compress(codec, encodeRecords(batch.records, first.timestampMs, 0));
  const bytes =
    body === null
      ? encodeRecords(batch.records, first.timestampMs, layout.HEADER_BYTES)
      : Buffer.concat([Buffer.alloc(layout.HEADER_BYTES), body]);
  writeHeader(bytes, batch, first.timestampMs);
  return bytes;
}

function writeHeader(bytes: Buffer, batch: BatchToBuild, baseTimestampMs: number): void {
  const attributes =
    (batch.codec ?? codecs.none) |
    (batch.isTransactional ? layout.TRANSACTIONAL_BIT : 0) |
    (batch.isControl ? layout.CONTROL_BIT : 0);
  let maxTimestampMs = baseTimestampMs;
  for (const record of batch.records) maxTimestampMs = Math.max(maxTimestampMs, record.timestampMs);
  writeInt64(bytes, batch.baseOffset ?? 0, layout.BASE_OFFSET);
  bytes.writeInt32BE(bytes.length - layout.PREFIX_BYTES, layout.LENGTH);
  bytes.writeInt32BE(batch.leaderEpoch ?? layout.NO_LEADER_EPOCH, layout.PARTITION_LEADER_EPOCH);
  bytes.writeInt8(2, layout.MAGIC);
  bytes.writeInt16BE(attributes, layout.ATTRIBUTES);
  bytes.writeInt32BE(batch.records.length - 1, layout.LAST_OFFSET_DELTA);
  writeInt64(bytes, baseTimestampMs, layout.BASE_TIMESTAMP);
  writeInt64(bytes, maxTimestampMs, layout.MAX_TIMESTAMP);
  writeInt64(bytes, batch.producer?.id ?? layout.NO_PRODUCER_ID, layout.PRODUCER_ID);
  bytes.writeInt16BE(batch.producer?.epoch ?? layout.NO_PRODUCER_EPOCH, layout.PRODUCER_EPOCH);
  bytes.writeInt32BE(batch.producer?.baseSequence ?? layout.NO_SEQUENCE, layout.BASE_SEQUENCE);
  bytes.writeInt32BE(batch.records.length, layout.RECORDS_COUNT);
  new RecordBatch(bytes, 0).writeCrc();
}

/** The records one behind the other, after `reserved` bytes that the caller fills. Measured first, then written once. */
function encodeRecords(records: readonly RecordToBuild[], baseTimestampMs: number, reserved: number): Buffer {
  const lengths = records.map((record, index) => recordBytes(record, record.timestampMs - baseTimestampMs, index));
  const total = lengths.reduce((sum, length) => sum + varintBytes(length) + length, reserved);
  const bytes = Buffer.allocUnsafe(total);
  let at = reserved;
  records.forEach((record, index) => {
    at = writeVarint(bytes, lengths[index] ?? 0, at);
    at = writeRecord(bytes, record, record.timestampMs - baseTimestampMs, index, at);
  });
  invariant(at === total, "records are as long as they were measured");
  return bytes;
}

function recordBytes(record: RecordToBuild, timestampDelta: number, offsetDelta: number): number {
  const headers = record.headers ?? [];
  let bytes = 1 + varintBytes(timestampDelta) + varintBytes(offsetDelta);
  bytes += nullableBytes(record.key) + nullableBytes(record.value) + varintBytes(headers.length);
  for (const header of headers) {
    const keyBytes = Buffer.byteLength(header.key);
    bytes += varintBytes(keyBytes) + keyBytes + nullableBytes(header.value);
  }
  return bytes;
}

function nullableBytes(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintBytes(bytes.length) + bytes.length;
}

function writeRecord(
  to: Buffer,
  record: RecordToBuild,
  timestampDelta: number,
  offsetDelta: number,
  start: number,
): number {
  const headers = record.headers ?? [];
  let at = start;
  to[at++] = 0;
  at = writeVarint(to, timestampDelta, at);
  at = writeVarint(to, offsetDelta, at);
  at = writeNullable(to, record.key, at);
  at = writeNullable(to, record.value, at);
  at = writeVarint(to, headers.length, at);
  for (const header of headers) {
    at = writeNullable(to, Buffer.from(header.key), at);
    at = writeNullable(to, header.value, at);
  }
  return at;
}

function writeNullable(to: Buffer, bytes: Uint8Array | null, start: number): number {
  if (bytes === null) return writeVarint(to, -1, start);
  const at = writeVarint(to, bytes.length, start);
  to.set(bytes, at);
  return at + bytes.length;
}
