import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RecordBatch, readBatches, sequenceAfter } from "./batch.js";
import { buildBatch } from "./build-batch.js";
import { asBuffer } from "./int64.js";
import { javaBatches } from "./java-batches.test-data.js";

const record = { timestampMs: 1_700_000_000_000, key: null, value: Buffer.from("v") };

function oneBatch(bytes: Uint8Array): RecordBatch {
  return new RecordBatch(asBuffer(bytes), 0);
}

describe("a batch in place", () => {
  test("shows the header that Java wrote", () => {
    const batch = oneBatch(javaBatches.zstd);
    expect(batch).toMatchObject({
      sizeInBytes: javaBatches.zstd.length,
      baseOffset: 0,
      lastOffset: 2,
      leaderEpoch: 9,
      magic: 2,
      codec: 4,
      timestampType: "CreateTime",
      isTransactional: false,
      isControl: false,
      baseTimestampMs: 1_700_000_000_000,
      maxTimestampMs: 1_700_000_000_250,
      deleteHorizonMs: null,
      producerId: 4711,
      producerEpoch: 3,
      baseSequence: 42,
      lastSequence: 44,
      recordsCount: 3,
    });
    expect(batch.hasValidCrc()).toBe(true);
  });

  test("takes its place in the log without touching what the CRC covers", () => {
    const bytes = Buffer.from(javaBatches.lz4);
    const batch = oneBatch(bytes);
    batch.place(9_000_000_000_000, 17);
    expect(batch.baseOffset).toBe(9_000_000_000_000);
    expect(batch.lastOffset).toBe(9_000_000_000_002);
    expect(batch.leaderEpoch).toBe(17);
    expect(batch.hasValidCrc()).toBe(true);
    expect(bytes.subarray(16)).toEqual(javaBatches.lz4.subarray(16));
  });

  test("stays valid when it gets the broker's time", () => {
    const batch = oneBatch(Buffer.from(javaBatches.none));
    batch.stampLogAppendTime(1_800_000_000_123);
    expect(batch.timestampType).toBe("LogAppendTime");
    expect(batch.maxTimestampMs).toBe(1_800_000_000_123);
    expect(batch.hasValidCrc()).toBe(true);
  });

  test("sequences wrap to 0 behind 2^31 - 1", () => {
    expect(sequenceAfter(10, 5)).toBe(15);
    expect(sequenceAfter(0x7fff_ffff, 0)).toBe(0x7fff_ffff);
    expect(sequenceAfter(0x7fff_ffff, 1)).toBe(0);
    expect(sequenceAfter(0x7fff_fffe, 4)).toBe(2);
  });

  test("any change behind the magic is seen by the CRC", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 17, max: javaBatches.none.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, flip) => {
          const bytes = Buffer.from(javaBatches.none);
          bytes.writeUInt8(bytes.readUInt8(at) ^ flip, at);
          expect(oneBatch(bytes).hasValidCrc()).toBe(false);
        },
      ),
      { seed: 2 },
    );
  });
});

describe("reading batches one behind the other", () => {
  const first = buildBatch({ records: [record] });
  const second = buildBatch({ records: [record, record], baseOffset: 1 });
  const both = Buffer.concat([first, second]);

  test("finds each of them", () => {
    const { batches, end, stop } = readBatches(both);
    expect(batches.map((batch) => batch.recordsCount)).toEqual([1, 2]);
    expect(end).toBe(both.length);
    expect(stop).toBeNull();
  });

  test("stops in front of a torn tail, wherever it is torn", () => {
    for (let cut = first.length + 1; cut < both.length; cut++) {
      expect(readBatches(both.subarray(0, cut))).toMatchObject({ end: first.length, stop: "torn" });
    }
  });

  test("stops at a length that no batch can have and at another magic", () => {
    const short = Buffer.from(both);
    short.writeInt32BE(48, first.length + 8);
    expect(readBatches(short)).toMatchObject({ end: first.length, stop: "bad length" });
    const negative = Buffer.from(both);
    negative.writeInt32BE(-1, first.length + 8);
    expect(readBatches(negative)).toMatchObject({ end: first.length, stop: "bad length" });
    const old = Buffer.from(both);
    old.writeInt8(1, first.length + 16);
    expect(readBatches(old)).toMatchObject({ end: first.length, stop: "bad magic" });
  });

  test("never throws, and never claims more than it was given, on hostile bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), (noise, at) => {
        const bytes = Buffer.from(both);
        bytes.set(
          noise.subarray(0, bytes.length),
          Math.min(at % bytes.length, Math.max(0, bytes.length - noise.length)),
        );
        const { batches, end } = readBatches(bytes);
        expect(batches.reduce((sum, batch) => sum + batch.sizeInBytes, 0)).toBe(end);
        expect(end).toBeLessThanOrEqual(bytes.length);
      }),
      { seed: 3 },
    );
  });
});
