import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type File, FileError, type Files } from "../lib/environment.js";
import { errors } from "../protocol/errors.js";
import { RecordBatch, readBatches } from "../protocol/records/batch.js";
import { buildBatch } from "../protocol/records/build-batch.js";
import { asBuffer } from "../protocol/records/int64.js";
import { readRecords } from "../protocol/records/record.js";
import {
  append,
  batchOf,
  logConfig,
  memoryFiles,
  NOW_MS,
  newLog,
  now,
  openStore,
  readFrom,
  topicId,
  wrappedFile,
  wrappedFiles,
} from "./storage.test-data.js";

describe("appending as the leader", () => {
  test("gives each batch the next offsets and the leader's epoch", async () => {
    const { log } = await newLog();
    expect(append(log, batchOf(3), 5)).toEqual({
      baseOffset: 0,
      lastOffset: 2,
      logAppendTimeMs: -1,
      logStartOffset: 0,
    });
    expect(append(log, batchOf(2), 6)).toMatchObject({ baseOffset: 3, lastOffset: 4 });
    expect(log.endOffset).toBe(5);
    const { batches } = readBatches(readFrom(log, 0).records);
    expect(batches.map((batch) => [batch.baseOffset, batch.leaderEpoch, batch.hasValidCrc()])).toEqual([
      [0, 5, true],
      [3, 6, true],
    ]);
  });

  test("stamps the broker's time under LogAppendTime", async () => {
    const { log } = await newLog({ messageTimestampType: "LogAppendTime" });
    expect(append(log, batchOf(1, 10, {}, 5))).toMatchObject({ logAppendTimeMs: NOW_MS });
    const [batch] = readBatches(readFrom(log, 0).records).batches;
    expect(batch).toMatchObject({ timestampType: "LogAppendTime", maxTimestampMs: NOW_MS });
    expect(batch?.hasValidCrc()).toBe(true);
  });

  test("refuses what is damaged, too large, out of time, transactional, or not exactly one batch", async () => {
    const { log } = await newLog({ maxMessageBytes: 1_000 });
    const damaged = asBuffer(batchOf(1));
    damaged.writeUInt8(0, damaged.length - 2);
    const cases: [Uint8Array, keyof typeof errors][] = [
      [damaged, "CORRUPT_MESSAGE"],
      [batchOf(1).subarray(0, 70), "CORRUPT_MESSAGE"],
      [batchOf(1, 2_000), "MESSAGE_TOO_LARGE"],
      [batchOf(1, 10, {}, NOW_MS + 3_600_001), "INVALID_TIMESTAMP"],
      [batchOf(1, 10, { isTransactional: true, producer: { id: 1, epoch: 0, baseSequence: 0 } }), "INVALID_TXN_STATE"],
      [Buffer.concat([batchOf(1), batchOf(1)]), "INVALID_RECORD"],
      [new Uint8Array(0), "INVALID_RECORD"],
    ];
    for (const [records, error] of cases) expect(append(log, records)).toMatchObject({ errorCode: errors[error].code });
    expect(log.endOffset).toBe(0);
  });

  test("a compacted topic takes only records with keys, and names the others", async () => {
    const { log } = await newLog({ cleanupPolicy: { compact: true, delete: false } });
    const record = { timestampMs: NOW_MS, key: Buffer.from("k"), value: null };
    for (const codec of [0, 1, 2, 3, 4] as const) {
      expect(append(log, buildBatch({ codec, records: [record] }))).toMatchObject({ baseOffset: codec });
      expect(append(log, buildBatch({ codec, records: [record, { ...record, key: null }] }))).toMatchObject({
        errorCode: errors.INVALID_RECORD.code,
        recordErrors: [{ batchIndex: 1 }],
      });
    }
  });

  test("compression.type takes the place of the producer's codec, and nothing else changes", async () => {
    const { log } = await newLog({ compressionType: "zstd" });
    const sent = batchOf(5, 100, { codec: 1, producer: { id: 4, epoch: 2, baseSequence: 0 } });
    const [original] = readBatches(sent).batches;
    const records = original && readRecords(original, 10_000);
    append(log, sent);
    append(log, batchOf(1, 10, { codec: 4 }));
    const [first, second] = readBatches(readFrom(log, 0).records).batches;
    expect(first).toMatchObject({ codec: 4, producerId: 4, producerEpoch: 2, baseSequence: 0, recordsCount: 5 });
    expect(first?.hasValidCrc()).toBe(true);
    expect(first && readRecords(first, 10_000)).toEqual(records);
    expect(second).toMatchObject({ codec: 4, baseOffset: 5 });
    log.configure({ ...logConfig, compressionType: "uncompressed", maxMessageBytes: 500 });
    expect(append(log, batchOf(100, 100, { codec: 3 }))).toMatchObject({ errorCode: errors.MESSAGE_TOO_LARGE.code });
  });

  test("random bytes are refused, never a throw, and leave the log as it was", async () => {
    const { log } = await newLog();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (noise, at) => {
        const bytes = asBuffer(batchOf(2));
        bytes.set(
          noise.subarray(0, bytes.length),
          Math.min(at % bytes.length, Math.max(0, bytes.length - noise.length)),
        );
        const { endOffset } = log;
        const result = append(log, bytes);
        if ("errorCode" in result) expect(log.endOffset).toBe(endOffset);
      }),
      { seed: 1, numRuns: 1_000 },
    );
  });
});

describe("idempotent producers", () => {
  const from = (baseSequence: number, count = 1, epoch = 0) =>
    batchOf(count, 10, { producer: { id: 7, epoch, baseSequence } });

  test("a retry of any of the last five batches is answered with its first offset", async () => {
    const { log } = await newLog();
    for (let sequence = 0; sequence < 12; sequence += 2) append(log, from(sequence, 2));
    for (let sequence = 2; sequence < 12; sequence += 2) {
      expect(append(log, from(sequence, 2))).toMatchObject({ baseOffset: sequence, lastOffset: sequence + 1 });
    }
    expect(log.endOffset).toBe(12);
    expect(append(log, from(0, 2))).toMatchObject({ errorCode: errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code });
  });

  test("a gap is refused, an older epoch too, a newer one begins at 0", async () => {
    const { log } = await newLog();
    append(log, from(0, 1, 3));
    expect(append(log, from(2, 1, 3))).toMatchObject({ errorCode: errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code });
    expect(append(log, from(1, 1, 2))).toMatchObject({ errorCode: errors.INVALID_PRODUCER_EPOCH.code });
    expect(append(log, from(5, 1, 4))).toMatchObject({ errorCode: errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code });
    expect(append(log, from(0, 1, 4))).toMatchObject({ baseOffset: 1 });
  });

  test("a producer that the log forgot may go on where it was", async () => {
    const { log } = await newLog();
    append(log, from(0));
    log.expireProducers(NOW_MS + logConfig.producerIdExpirationMs);
    expect(append(log, from(41))).toMatchObject({ baseOffset: 1 });
  });

  test("sequences wrap", async () => {
    const { log } = await newLog();
    append(log, from(0x7fff_fffe, 2));
    expect(append(log, from(0))).toMatchObject({ baseOffset: 2 });
  });
});

describe("reading", () => {
  test("begins with the batch that holds the offset and shows whole batches only", async () => {
    const { log } = await newLog();
    for (let count = 0; count < 5; count++) append(log, batchOf(10));
    const batchBytes = readFrom(log, 0, 1).records.length;
    expect(readBatches(readFrom(log, 25, 1).records).batches.map((batch) => batch.baseOffset)).toEqual([20]);
    expect(readFrom(log, 25, 2.5 * batchBytes)).toMatchObject({ nextOffset: 40 });
    expect(readFrom(log, 49)).toMatchObject({ nextOffset: 50 });
    expect(log.read(0, batchBytes - 1, 50, false)).toMatchObject({ records: new Uint8Array(0), nextOffset: 0 });
  });

  test("shows nothing from the bound on, nor beyond the log", async () => {
    const { log } = await newLog();
    for (let count = 0; count < 3; count++) append(log, batchOf(10));
    expect(log.read(0, 1_000_000, 20, true)).toMatchObject({ nextOffset: 20 });
    expect(log.read(20, 1_000_000, 20, true)).toMatchObject({ records: new Uint8Array(0), nextOffset: 20 });
    expect(log.read(30, 1_000_000, 30, true)).toMatchObject({ records: new Uint8Array(0) });
    expect(log.read(31, 1_000_000, 30, true)).toEqual({ errorCode: errors.OFFSET_OUT_OF_RANGE.code });
    log.setHighWatermark(30);
    log.deleteRecordsBefore(15);
    expect(log.read(14, 1_000_000, 30, true)).toEqual({ errorCode: errors.OFFSET_OUT_OF_RANGE.code });
    expect(log.read(15, 1_000_000, 30, true)).toMatchObject({ nextOffset: 30 });
  });

  test("finds every offset in a log of many segments", async () => {
    const sizes = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 3_000 })), {
      minLength: 1,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(sizes, async (batches) => {
        const { log } = await newLog({ segmentBytes: 200_000, indexIntervalBytes: 512 });
        for (const [count, valueBytes] of batches) append(log, batchOf(count, valueBytes));
        for (let offset = 0; offset < log.endOffset; offset++) {
          const read = readFrom(log, offset, 1);
          const [batch] = readBatches(read.records).batches;
          expect(batch?.baseOffset).toBeLessThanOrEqual(offset);
          expect(batch?.lastOffset).toBeGreaterThanOrEqual(offset);
          read.release();
        }
      }),
      { seed: 2, numRuns: 30 },
    );
  });
});

describe("segments", () => {
  test("a new one begins when segment.bytes would be exceeded, named by its first offset", async () => {
    const { log, files } = await newLog({ segmentBytes: 1_000 });
    for (let count = 0; count < 6; count++) append(log, batchOf(10));
    await log.flush();
    expect(files.list("/data/orders-0").filter((name) => name.endsWith(".log"))).toEqual([
      "00000000000000000000.log",
      "00000000000000000040.log",
    ]);
    expect(readFrom(log, 39)).toMatchObject({ nextOffset: 40 });
    expect(readFrom(log, 40)).toMatchObject({ nextOffset: 60 });
  });

  test("one that waited for segment.ms is closed by the next batch", async () => {
    const { log, files } = await newLog({ segmentMs: 1_000 });
    append(log, batchOf(1));
    append(log, batchOf(1, 10, {}, NOW_MS + 1_000));
    append(log, batchOf(1, 10, {}, NOW_MS + 1_001));
    expect(files.list("/data/orders-0").filter((name) => name.endsWith(".log"))).toHaveLength(2);
  });

  test("one whose index is full is closed by the next batch", async () => {
    const { log, files } = await newLog({ indexIntervalBytes: 0, segmentIndexBytes: 48 });
    for (let count = 0; count < 20; count++) append(log, batchOf(1, 10, {}, NOW_MS + count));
    expect(files.list("/data/orders-0").filter((name) => name.endsWith(".log")).length).toBeGreaterThan(3);
    for (let offset = 0; offset < 20; offset++) expect(readFrom(log, offset, 1).nextOffset).toBe(offset + 1);
  });
});

describe("timestamps", () => {
  test("the first record that is not earlier is found, whatever the order and the segment", async () => {
    const times = fc.array(fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: -1, max: 510 }), async (batches, wanted) => {
        const { log } = await newLog({ segmentBytes: 1_000, indexIntervalBytes: 100 });
        const all: number[] = batches.flat();
        for (const batch of batches) {
          const records = batch.map((time) => ({ timestampMs: NOW_MS + time, key: null, value: Buffer.alloc(20) }));
          append(log, buildBatch({ records, codec: 1 }));
        }
        const offset = all.findIndex((time) => time >= wanted);
        expect(await log.offsetForTimestamp(NOW_MS + wanted)).toEqual(
          offset === -1 ? null : { offset, timestampMs: NOW_MS + (all[offset] ?? 0), leaderEpoch: 0 },
        );
        const latest = Math.max(...all);
        expect(await log.maxTimestamp()).toEqual({
          offset: all.indexOf(latest),
          timestampMs: NOW_MS + latest,
          leaderEpoch: 0,
        });
      }),
      { seed: 3, numRuns: 100 },
    );
  });
});

describe("a follower", () => {
  test("takes batches with the leader's offsets and epochs", async () => {
    const { log: leader } = await newLog();
    append(leader, batchOf(3), 1);
    append(leader, batchOf(3), 2);
    const { log: follower } = await newLog();
    const { records } = readFrom(leader, 0);
    expect(follower.appendAsFollower(records, now)).toMatchObject({ baseOffset: 0, lastOffset: 5 });
    expect(readFrom(follower, 0).records).toEqual(records);
    expect(follower.epochEndOffset(1)).toEqual({ epoch: 1, endOffset: 3 });
    expect(follower.appendAsFollower(records, now)).toMatchObject({ errorCode: errors.INVALID_RECORD.code });
  });

  test("cuts off what the leader does not have, and forgets its epochs and producers", async () => {
    const { log } = await newLog({ segmentBytes: 300 });
    const producer = (baseSequence: number) => ({ producer: { id: 1, epoch: 0, baseSequence } });
    for (let sequence = 0; sequence < 10; sequence++) append(log, batchOf(1, 10, producer(sequence)), sequence);
    log.setHighWatermark(10);
    expect(log.truncateTo(4, () => true)).toBe(errors.NONE.code);
    expect(log).toMatchObject({ endOffset: 4, highWatermark: 4, latestLeaderEpoch: 3 });
    expect(append(log, batchOf(1, 10, producer(9)), 20)).toMatchObject({
      errorCode: errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code,
    });
    expect(append(log, batchOf(1, 10, producer(4)), 20)).toMatchObject({ baseOffset: 4 });
    expect(readBatches(readFrom(log, 4).records).batches.map((batch) => batch.leaderEpoch)).toEqual([20]);
  });
});

test("the high watermark never goes back, nor beyond the log", async () => {
  const { log } = await newLog();
  append(log, batchOf(5));
  log.setHighWatermark(3);
  log.setHighWatermark(2);
  expect(log.highWatermark).toBe(3);
  log.setHighWatermark(99);
  expect(log.highWatermark).toBe(5);
});

test("a disk that fails takes the log offline: nothing more is promised", async () => {
  const files = memoryFiles();
  let isBroken = false;
  const open: Files["open"] = (path, how) => {
    const file = files.open(path, how);
    const write: File["write"] = (parts, at) => {
      if (isBroken) throw new FileError("EIO", path, "the disk failed");
      file.write(parts, at);
    };
    return wrappedFile(file, { write });
  };
  const log = (await openStore(wrappedFiles(files, { open }))).openOrCreate("orders", 0, topicId, logConfig);
  append(log, batchOf(1, 1_000));
  isBroken = true;
  expect(append(log, batchOf(1, 4_000))).toMatchObject({ errorCode: errors.KAFKA_STORAGE_ERROR.code });
  expect(log.failure).toBeInstanceOf(FileError);
  expect(log.endOffset).toBe(1);
  isBroken = false;
  expect(append(log, batchOf(1))).toMatchObject({ errorCode: errors.KAFKA_STORAGE_ERROR.code });
  expect(log.read(0, 100, 1, true)).toMatchObject({ errorCode: errors.KAFKA_STORAGE_ERROR.code });
  expect(await log.flush()).toBe(errors.KAFKA_STORAGE_ERROR.code);
});

test("a sync that fails takes the log offline too", async () => {
  const files = memoryFiles();
  const open: Files["open"] = (path, how) => {
    const file = files.open(path, how);
    const sync = async () => {
      throw new FileError("EIO", path, "the disk failed");
    };
    return path.endsWith(".log") ? wrappedFile(file, { sync }) : file;
  };
  const log = (await openStore(wrappedFiles(files, { open }))).openOrCreate("orders", 0, topicId, logConfig);
  append(log, batchOf(1));
  expect(await log.flush()).toBe(errors.KAFKA_STORAGE_ERROR.code);
  expect(log.recoveryPoint).toBe(0);
  expect(append(log, batchOf(1))).toMatchObject({ errorCode: errors.KAFKA_STORAGE_ERROR.code });
});

test("a read lends its buffer until it is released", async () => {
  const { log } = await newLog();
  append(log, batchOf(1));
  const first = readFrom(log, 0);
  const second = readFrom(log, 0);
  expect(first.records.buffer).not.toBe(second.records.buffer);
  first.release();
  expect(readFrom(log, 0).records.buffer).toBe(first.records.buffer);
  expect(new RecordBatch(asBuffer(second.records), 0).hasValidCrc()).toBe(true);
});
