/**
 * The header of a record batch (magic 2), declared once with binary-parser: for tools that show a header whole, and for
 * the test that checks the named offsets of `layout.ts` against it. Reading through it takes about a microsecond, so
 * the broker itself reads by named offset.
 */
import { Parser } from "binary-parser";

export interface RecordBatchHeader {
  readonly baseOffset: bigint;
  readonly length: number;
  readonly partitionLeaderEpoch: number;
  readonly magic: number;
  readonly crc: number;
  readonly attributes: number;
  readonly lastOffsetDelta: number;
  readonly baseTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordsCount: number;
}

const headerParser = new Parser()
  .endianness("big")
  .int64("baseOffset")
  .int32("length")
  .int32("partitionLeaderEpoch")
  .int8("magic")
  .uint32("crc")
  .int16("attributes")
  .int32("lastOffsetDelta")
  .int64("baseTimestamp")
  .int64("maxTimestamp")
  .int64("producerId")
  .int16("producerEpoch")
  .int32("baseSequence")
  .int32("recordsCount");

/** Reads a header at the start of `bytes`, which holds at least `HEADER_BYTES` bytes. */
export function parseHeader(bytes: Uint8Array): RecordBatchHeader {
  return headerParser.parse(bytes);
}

export const headerBytes = (): number => headerParser.sizeOf();
