/**
 * A record batch (magic 2) in place: header fields read and patched where they lie, the body left alone.
 * A `RecordBatch` is a view: it holds no bytes of its own and is valid as long as the buffer behind it is.
 */
import type { CodecId } from "./codecs.js";
import { crc32c } from "./crc32c.js";
import { asBuffer, readInt64, writeInt64 } from "./int64.js";
import * as layout from "./layout.js";

export type TimestampType = "CreateTime" | "LogAppendTime";

const SEQUENCE_MAX = 0x7fff_ffff;

export class RecordBatch {
  readonly #bytes: Buffer;
  readonly #start: number;

  /** The caller has made sure that a whole header lies at `start`; `readBatches` also that the whole batch does. */
  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes;
    this.#start = start;
  }

  get sizeInBytes(): number {
    return layout.PREFIX_BYTES + this.#bytes.readInt32BE(this.#start + layout.LENGTH);
  }

  /** The whole batch: a view, not a copy. */
  get bytes(): Buffer {
    return this.#bytes.subarray(this.#start, this.#start + this.sizeInBytes);
  }

  /** The records as they are stored, compressed or not: a view, not a copy. */
  get body(): Buffer {
    return this.#bytes.subarray(this.#start + layout.HEADER_BYTES, this.#start + this.sizeInBytes);
  }

  get baseOffset(): number {
    return readInt64(this.#bytes, this.#start + layout.BASE_OFFSET);
  }

  /** The offset of the last record, inclusive; compaction may have removed that record, the offset stays. */
  get lastOffset(): number {
    return this.baseOffset + this.lastOffsetDelta;
  }

  get leaderEpoch(): number {
    return this.#bytes.readInt32BE(this.#start + layout.PARTITION_LEADER_EPOCH);
  }

  get magic(): number {
    return this.#bytes.readInt8(this.#start + layout.MAGIC);
  }

  get crc(): number {
    return this.#bytes.readUInt32BE(this.#start + layout.CRC);
  }

  get attributes(): number {
    return this.#bytes.readInt16BE(this.#start + layout.ATTRIBUTES);
  }

  /** One of the known codecs, or a number that nobody has assigned yet. */
  get codec(): CodecId | 5 | 6 | 7 {
    return (this.attributes & layout.CODEC_MASK) as CodecId | 5 | 6 | 7;
  }

  get timestampType(): TimestampType {
    return this.attributes & layout.LOG_APPEND_TIME_BIT ? "LogAppendTime" : "CreateTime";
  }

  get isTransactional(): boolean {
    return (this.attributes & layout.TRANSACTIONAL_BIT) !== 0;
  }

  get isControl(): boolean {
    return (this.attributes & layout.CONTROL_BIT) !== 0;
  }

  get lastOffsetDelta(): number {
    return this.#bytes.readInt32BE(this.#start + layout.LAST_OFFSET_DELTA);
  }

  get baseTimestampMs(): number {
    return readInt64(this.#bytes, this.#start + layout.BASE_TIMESTAMP);
  }

  get maxTimestampMs(): number {
    return readInt64(this.#bytes, this.#start + layout.MAX_TIMESTAMP);
  }

  /** KIP-534: when the tombstones of a compacted batch may go, or null where compaction has not set it. */
  get deleteHorizonMs(): number | null {
    return this.attributes & layout.DELETE_HORIZON_BIT ? this.baseTimestampMs : null;
  }

  /** −1 for a producer that is not idempotent. */
  get producerId(): number {
    return readInt64(this.#bytes, this.#start + layout.PRODUCER_ID);
  }

  get producerEpoch(): number {
    return this.#bytes.readInt16BE(this.#start + layout.PRODUCER_EPOCH);
  }

  get baseSequence(): number {
    return this.#bytes.readInt32BE(this.#start + layout.BASE_SEQUENCE);
  }

  /** The sequence of the last record; sequences wrap from 2^31 − 1 to 0. */
  get lastSequence(): number {
    const base = this.baseSequence;
    return base === layout.NO_SEQUENCE ? base : sequenceAfter(base, this.lastOffsetDelta);
  }

  get recordsCount(): number {
    return this.#bytes.readInt32BE(this.#start + layout.RECORDS_COUNT);
  }

  /** Gives the batch its place in the log. Both fields lie before the CRC, so the batch stays valid. */
  place(baseOffset: number, leaderEpoch: number): void {
    writeInt64(this.#bytes, baseOffset, this.#start + layout.BASE_OFFSET);
    this.#bytes.writeInt32BE(leaderEpoch, this.#start + layout.PARTITION_LEADER_EPOCH);
  }

  /** Gives every record the broker's time, as LogAppendTime asks for; the CRC covers it, so it is computed again. */
  stampLogAppendTime(timestampMs: number): void {
    this.#bytes.writeInt16BE(this.attributes | layout.LOG_APPEND_TIME_BIT, this.#start + layout.ATTRIBUTES);
    writeInt64(this.#bytes, timestampMs, this.#start + layout.MAX_TIMESTAMP);
    this.writeCrc();
  }

  /** Computes the CRC over the bytes as they are now. */
  writeCrc(): void {
    this.#bytes.writeUInt32BE(this.#checksum(), this.#start + layout.CRC);
  }

  hasValidCrc(): boolean {
    return this.crc === this.#checksum();
  }

  #checksum(): number {
    return crc32c(this.#bytes.subarray(this.#start + layout.ATTRIBUTES, this.#start + this.sizeInBytes));
  }
}

/** The sequence that lies `delta` records behind `sequence`. */
export function sequenceAfter(sequence: number, delta: number): number {
  return sequence > SEQUENCE_MAX - delta ? delta - (SEQUENCE_MAX - sequence) - 1 : sequence + delta;
}

/** Why reading stopped before the end of the bytes. */
export type BatchStop = "torn" | "bad length" | "bad magic";

export interface BatchesRead {
  readonly batches: readonly RecordBatch[];
  /** Where the last whole batch ends. */
  readonly end: number;
  /** Null when the bytes end with a whole batch. */
  readonly stop: BatchStop | null;
}

/** The whole batches in `bytes`, from the front, as far as lengths and magics make sense; CRCs are not looked at. */
export function readBatches(bytes: Uint8Array): BatchesRead {
  const buffer = asBuffer(bytes);
  const batches: RecordBatch[] = [];
  let end = 0;
  while (end < buffer.length) {
    const stop = whyNoBatchAt(buffer, end);
    if (stop !== null) return { batches, end, stop };
    const batch = new RecordBatch(buffer, end);
    batches.push(batch);
    end += batch.sizeInBytes;
  }
  return { batches, end, stop: null };
}

function whyNoBatchAt(bytes: Buffer, at: number): BatchStop | null {
  const left = bytes.length - at;
  if (left < layout.PREFIX_BYTES) return "torn";
  const length = bytes.readInt32BE(at + layout.LENGTH);
  // The magic is looked at first: the batches of magic 0 and 1 may be shorter than our header.
  if (left > layout.MAGIC && bytes.readInt8(at + layout.MAGIC) !== 2) return "bad magic";
  if (length < layout.HEADER_BYTES - layout.PREFIX_BYTES) return "bad length";
  return left < layout.PREFIX_BYTES + length ? "torn" : null;
}
