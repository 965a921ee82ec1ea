import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errors } from "../errors.js";
import { RecordBatch, readBatches } from "./batch.js";
import { buildBatch } from "./build-batch.js";
import { codecs, compress } from "./codecs.js";
import { asBuffer } from "./int64.js";
import { javaBatches, javaRecords } from "./java-batches.test-data.js";
import { isRefusal, type LogRecord, readRecords } from "./record.js";

const BYTES_MAX = 1024 * 1024;

const nullableBytes = fc.option(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)));
const record = fc.record({
  timestampMs: fc.integer({ min: 0, max: 2 ** 45 }),
  key: nullableBytes,
  value: nullableBytes,
  headers: fc.array(fc.record({ key: fc.string({ maxLength: 20 }), value: nullableBytes }), { maxLength: 3 }),
});
const codec = fc.constantFrom(...Object.values(codecs));

function recordsOf(bytes: Uint8Array): readonly LogRecord[] {
  const records = readRecords(new RecordBatch(asBuffer(bytes), 0), BYTES_MAX);
  if (isRefusal(records)) throw new Error(records.errorMessage);
  return records;
}

describe("records", () => {
  test.each(Object.entries(javaBatches))("written by Java with %s are read back", (_name, bytes) => {
    expect(recordsOf(bytes)).toEqual(javaRecords.map((expected, offset) => ({ ...expected, offset })));
  });

  test("are written as Java writes them, byte for byte", () => {
    const ours = buildBatch({
      records: javaRecords,
      leaderEpoch: 9,
      producer: { id: 4711, epoch: 3, baseSequence: 42 },
    });
    expect(ours).toEqual(javaBatches.none);
  });

  test("survive building and reading, whatever they hold", () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), codec, fc.nat(), (records, id, baseOffset) => {
        const bytes = buildBatch({ records, codec: id, baseOffset });
        expect(new RecordBatch(asBuffer(bytes), 0).hasValidCrc()).toBe(true);
        expect(recordsOf(bytes)).toEqual(records.map((one, index) => ({ ...one, offset: baseOffset + index })));
      }),
      { seed: 6 },
    );
  });

  test("take the time of the batch under LogAppendTime", () => {
    const bytes = Buffer.from(javaBatches.none);
    new RecordBatch(bytes, 0).stampLogAppendTime(1_800_000_000_000);
    expect(new Set(recordsOf(bytes).map((one) => one.timestampMs))).toEqual(new Set([1_800_000_000_000]));
  });
});

describe("a hostile batch", () => {
  test("with noise in its body is refused or read, never a throw", () => {
    const plain = fc.tuple(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 8 })).map(([at, noise]) => {
      const bytes = Buffer.from(javaBatches.none);
      bytes.set(noise, 57 + (at % (bytes.length - 57 - noise.length)));
      return bytes;
    });
    fc.assert(
      fc.property(plain, (bytes) => {
        const { batches } = readBatches(bytes);
        expect(() => batches.map((batch) => readRecords(batch, BYTES_MAX))).not.toThrow();
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });

  test("that claims more records than it has bytes for is refused at the first missing one", () => {
    const bytes = Buffer.from(javaBatches.none);
    bytes.writeInt32BE(0x7fff_ffff, 57);
    expect(readRecords(new RecordBatch(bytes, 0), BYTES_MAX)).toMatchObject({ errorCode: errors.INVALID_RECORD.code });
    bytes.writeInt32BE(2, 57);
    expect(readRecords(new RecordBatch(bytes, 0), BYTES_MAX)).toMatchObject({ errorCode: errors.INVALID_RECORD.code });
  });

  test("that decompresses beyond the bound is refused", () => {
    const bytes = buildBatch({
      codec: codecs.lz4,
      records: [{ timestampMs: 0, key: null, value: Buffer.alloc(4 * BYTES_MAX) }],
    });
    expect(readRecords(new RecordBatch(asBuffer(bytes), 0), BYTES_MAX)).toMatchObject({
      errorCode: errors.MESSAGE_TOO_LARGE.code,
    });
  });

  test("with an unknown codec, or a body that is not of its codec, is refused", () => {
    const bytes = Buffer.from(javaBatches.gzip);
    bytes.writeInt16BE(6, 21);
    expect(readRecords(new RecordBatch(bytes, 0), BYTES_MAX)).toMatchObject({
      errorCode: errors.UNSUPPORTED_COMPRESSION_TYPE.code,
    });
    bytes.writeInt16BE(codecs.zstd, 21);
    expect(readRecords(new RecordBatch(bytes, 0), BYTES_MAX)).toMatchObject({ errorCode: errors.CORRUPT_MESSAGE.code });
    expect(compress(codecs.none, bytes)).toBe(bytes);
  });
});
