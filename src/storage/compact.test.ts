import { describe, expect, test } from "vitest";
import { readBatches } from "../protocol/records/batch.js";
import { buildBatch } from "../protocol/records/build-batch.js";
import { codecs } from "../protocol/records/codecs.js";
import { buildEndTxnMarker } from "../protocol/records/control.js";
import { cleanableLog } from "./cleanable.js";
import {
  batchesOf,
  batchWith,
  compactConfig,
  compactedLog,
  compactNow,
  recordsOf,
  rollOver,
  tableOf,
  toolsWith,
  write,
} from "./compaction.test-data.js";
import { fetchRecords } from "./fetch-records.js";
import { SLOT_BYTES } from "./key-map.js";
import { append, memoryFiles, NOW_MS, now, reopen, StillClock, topicId } from "./storage.test-data.js";

const folder = "/data/orders-0";

test("of each key the last record stays, with its offset and its time", async () => {
  const log = await compactedLog();
  write(log, [
    ["a", "1"],
    ["b", "1"],
    ["a", "2"],
  ]);
  write(log, [
    ["c", "1"],
    ["b", "2"],
  ]);
  await rollOver(log);
  expect(await compactNow(log)).toEqual({ compactedTo: 5 });
  expect(recordsOf(log).slice(0, 3)).toEqual([
    { offset: 2, timestampMs: NOW_MS + 2, key: "a", value: "2" },
    { offset: 3, timestampMs: NOW_MS, key: "c", value: "1" },
    { offset: 4, timestampMs: NOW_MS + 1, key: "b", value: "2" },
  ]);
  expect(batchesOf(log).map(({ baseOffset, lastOffset }) => [baseOffset, lastOffset])).toEqual([
    [0, 2],
    [3, 4],
    [5, 5],
  ]);
});

test("the active segment is left alone", async () => {
  const log = await compactedLog();
  write(log, [
    ["a", "1"],
    ["a", "2"],
  ]);
  await log.flush();
  expect(await compactNow(log)).toBeNull();
  expect(recordsOf(log)).toHaveLength(2);
});

test("a reader finds the same from any offset that is gone", async () => {
  const log = await compactedLog();
  for (let round = 0; round < 20; round++)
    write(log, [
      ["a", `${round}`],
      [`b${round % 3}`, `${round}`],
    ]);
  await rollOver(log);
  await compactNow(log);
  const all = recordsOf(log);
  for (let from = 0; from < log.endOffset; from++) {
    expect(recordsOf(log, from)).toEqual(all.filter(({ offset }) => offset >= from));
  }
});

test("batches keep their codec, their producer and their leader epoch", async () => {
  const log = await compactedLog();
  for (const [name, codec] of Object.entries(codecs)) {
    const producer = { id: 100 + codec, epoch: 2, baseSequence: 0 };
    append(
      log,
      batchWith(
        [
          ["gone", "1"],
          [name, "x".repeat(100)],
        ],
        { codec, producer },
      ),
      7,
    );
  }
  append(
    log,
    batchWith([
      ["gone", null],
      ["last", "1"],
    ]),
    7,
  );
  log.setHighWatermark(log.endOffset);
  await rollOver(log);
  await compactNow(log);
  for (const [at, batch] of batchesOf(log).slice(0, 5).entries()) {
    const codec = Object.values(codecs)[at];
    expect(batch).toMatchObject({ codec, producerId: 100 + at, producerEpoch: 2, leaderEpoch: 7, baseSequence: 0 });
    expect(batch).toMatchObject({ recordsCount: 1, lastOffsetDelta: 1, lastSequence: 1 });
  }
  expect(tableOf(log).size).toBe(6);
});

describe("what compaction must keep", () => {
  test("the last batch of a producer stays without its records, so that the sequence goes on after a restart", async () => {
    const files = memoryFiles();
    const log = await compactedLog({}, files);
    write(log, [["a", "1"]], { producer: { id: 9, epoch: 0, baseSequence: 0 } });
    write(log, [["a", "2"]], { producer: { id: 9, epoch: 0, baseSequence: 1 } });
    write(log, [["a", "3"]]);
    await rollOver(log);
    await compactNow(log);
    expect(batchesOf(log).map(({ baseOffset, recordsCount }) => [baseOffset, recordsCount])).toEqual([
      [1, 0],
      [2, 1],
      [3, 1],
    ]);
    for (const name of files.list(folder)) if (name.endsWith(".snapshot")) files.remove(`${folder}/${name}`);
    const again = (await reopen(files, { config: compactConfig })).get("orders", 0, topicId);
    if (again === null) throw new Error("the log is there");
    expect(append(again, batchWith([["b", "1"]], { producer: { id: 9, epoch: 0, baseSequence: 1 } }))).toMatchObject({
      baseOffset: 1,
    });
    expect(append(again, batchWith([["b", "1"]], { producer: { id: 9, epoch: 0, baseSequence: 2 } }))).toMatchObject({
      baseOffset: 4,
    });
  });

  test("the end of what was compacted stays as an empty batch", async () => {
    const log = await compactedLog({ deleteRetentionMs: 0 });
    write(log, [["a", null]]);
    await rollOver(log);
    await compactNow(log);
    await compactNow(log, toolsWith({}, later(1)));
    expect(batchesOf(log)[0]).toMatchObject({ baseOffset: 0, lastOffset: 0, recordsCount: 0 });
  });

  test("control batches stay as they are", async () => {
    const log = await compactedLog();
    write(log, [["a", "1"]]);
    const marker = buildEndTxnMarker({ commit: true, coordinatorEpoch: 1 }, { id: 3, epoch: 0 }, NOW_MS);
    log.appendAsLeader(marker, { leaderEpoch: 0, origin: "coordinator", now });
    write(log, [["a", "2"]]);
    await rollOver(log);
    await compactNow(log);
    expect(
      batchesOf(log).map(({ baseOffset, isControl, recordsCount }) => [baseOffset, isControl, recordsCount]),
    ).toEqual([
      [1, true, 1],
      [2, false, 1],
      [3, false, 1],
    ]);
  });

  test("a batch of which nothing goes keeps its bytes", async () => {
    const log = await compactedLog();
    write(
      log,
      [
        ["a", "1"],
        ["b", "1"],
      ],
      { codec: codecs.gzip },
    );
    await rollOver(log);
    const before = batchesOf(log).map(({ bytes }) => Buffer.from(bytes));
    expect(await compactNow(log)).toEqual({ compactedTo: 2 });
    expect(batchesOf(log).map(({ bytes }) => Buffer.from(bytes))).toEqual(before);
  });
});

test("records without a key go", async () => {
  const log = await compactedLog({ cleanupPolicy: { compact: false, delete: true } });
  append(log, buildBatch({ records: [{ timestampMs: NOW_MS, key: null, value: Buffer.from("1") }] }));
  write(log, [["a", "1"]]);
  await rollOver(log);
  log.configure(compactConfig);
  await compactNow(log);
  expect(recordsOf(log).map(({ key }) => key)).toEqual(["a", "filler"]);
});

describe("a tombstone", () => {
  test("hides the older values at once, and goes itself after delete.retention.ms", async () => {
    const log = await compactedLog({ deleteRetentionMs: 5_000 });
    write(log, [
      ["a", "1"],
      ["b", "1"],
    ]);
    write(log, [
      ["a", null],
      ["c", "1"],
    ]);
    await rollOver(log);
    await compactNow(log);
    expect(
      recordsOf(log)
        .map(({ key, value }) => [key, value])
        .slice(0, 3),
    ).toEqual([
      ["b", "1"],
      ["a", null],
      ["c", "1"],
    ]);
    expect(batchesOf(log)[1]?.deleteHorizonMs).toBe(NOW_MS + 5_000);
    expect(
      recordsOf(log)
        .map(({ timestampMs }) => timestampMs)
        .slice(0, 3),
    ).toEqual([NOW_MS + 1, NOW_MS, NOW_MS + 1]);
    await compactNow(log, toolsWith({}, later(4_999)));
    expect(recordsOf(log).map(({ key }) => key)).toEqual(["b", "a", "c", "filler"]);
    expect(batchesOf(log)[1]?.deleteHorizonMs).toBe(NOW_MS + 5_000);
    await compactNow(log, toolsWith({}, later(5_000)));
    expect(recordsOf(log).map(({ key }) => key)).toEqual(["b", "c", "filler"]);
  });
});

test("under LogAppendTime, a batch whose tombstones get their time keeps the time of its append", async () => {
  const log = await compactedLog({ messageTimestampType: "LogAppendTime", deleteRetentionMs: 5_000 });
  write(log, [
    ["a", "1"],
    ["b", null],
    ["a", "2"],
  ]);
  await rollOver(log);
  await compactNow(log);
  expect(batchesOf(log)[0]).toMatchObject({ timestampType: "LogAppendTime", deleteHorizonMs: NOW_MS + 5_000 });
  expect(recordsOf(log).slice(0, 2)).toEqual([
    { offset: 1, timestampMs: NOW_MS, key: "b", value: null },
    { offset: 2, timestampMs: NOW_MS, key: "a", value: "2" },
  ]);
});

test("where the key map is too small, the log is compacted in several passes", async () => {
  const log = await compactedLog();
  for (let key = 0; key < 100; key++)
    write(log, [
      [`k${key}`, "old"],
      [`k${key}`, "new"],
      [`k${99 - key}`, "newest"],
    ]);
  await rollOver(log);
  const expected = tableOf(log);
  const tools = toolsWith({ keyMapBytesMax: 32 * SLOT_BYTES });
  const passes: number[] = [];
  for (let compactedTo = 0; compactedTo < 300; passes.push(compactedTo)) {
    const outcome = await compactNow(log, tools, compactedTo);
    if (outcome === null || typeof outcome === "string") throw new Error(`${outcome}`);
    expect(outcome.compactedTo).toBeGreaterThan(compactedTo);
    ({ compactedTo } = outcome);
    expect(tableOf(log)).toEqual(expected);
  }
  expect(passes.length).toBeGreaterThan(3);
  expect(recordsOf(log)).toHaveLength(101);
});

test("small segments are joined, but not beyond segment.bytes", async () => {
  const log = await compactedLog();
  for (let round = 0; round < 60; round++) write(log, [[`k${round % 30}`, "x".repeat(50)]]);
  await rollOver(log);
  const before = log.internals.segments.all.length;
  await compactNow(log);
  await compactNow(log);
  const sizes = log.internals.segments.all.slice(0, -1).map(({ bytes }) => bytes);
  expect(sizes.length).toBeLessThan(before - 1);
  for (const bytes of sizes) expect(bytes).toBeLessThanOrEqual(1_000);
});

describe("what is not touched yet", () => {
  test("what is not committed", async () => {
    const log = await compactedLog();
    append(
      log,
      batchWith([
        ["a", "1"],
        ["a", "2"],
      ]),
    );
    append(log, batchWith([["filler", "x".repeat(900)]]));
    await log.flush();
    expect(cleanableLog(log, 0, NOW_MS)).toBeNull();
    log.setHighWatermark(2);
    expect(cleanableLog(log, 0, NOW_MS)).toMatchObject({ endOffset: 2 });
  });

  test("what a power cut could take away", async () => {
    const log = await compactedLog({ flushMs: Number.MAX_SAFE_INTEGER });
    write(log, [
      ["a", "1"],
      ["a", "2"],
    ]);
    write(log, [["filler", "x".repeat(900)]]);
    expect(cleanableLog(log, 0, NOW_MS)).toBeNull();
    await log.flush();
    expect(cleanableLog(log, 0, NOW_MS)).not.toBeNull();
  });

  test("what is younger than min.compaction.lag.ms", async () => {
    const log = await compactedLog({ minCompactionLagMs: 1_000 });
    write(log, [
      ["a", "1"],
      ["a", "2"],
    ]);
    await rollOver(log);
    expect(cleanableLog(log, 0, NOW_MS + 1_000)).toBeNull();
    expect(cleanableLog(log, 0, NOW_MS + 1_001)).toMatchObject({ endOffset: 2 });
  });

  test("what is not dirty enough, until max.compaction.lag.ms has passed", async () => {
    const log = await compactedLog({ minCleanableDirtyRatio: 0.9, maxCompactionLagMs: 1_000 });
    for (let round = 0; round < 40; round++) write(log, [["a", "x".repeat(50)]]);
    await rollOver(log);
    expect(cleanableLog(log, 0, NOW_MS)).toMatchObject({ dirtyRatio: 1, isDue: true });
    expect(cleanableLog(log, 20, NOW_MS)).toMatchObject({ isDue: false });
    expect(cleanableLog(log, 20, NOW_MS + 1_002)).toMatchObject({ isDue: true });
  });
});

test("a fetch passes over batches that hold no record any more, up to the end of the log", async () => {
  const log = await compactedLog();
  for (let round = 0; round < 30; round++) write(log, [["a", `${round}`.padEnd(300)]]);
  await rollOver(log);
  await compactNow(log);
  expect(batchesOf(log)[0]).toMatchObject({ recordsCount: 0 });
  const fetched = await fetchRecords(log, { from: 0, maxBytes: 100, upTo: log.endOffset, minOneBatch: true });
  if ("errorCode" in fetched) throw new Error(`error ${fetched.errorCode}`);
  expect(readBatches(Buffer.from(fetched.records)).batches[0]?.baseOffset).toBe(29);
  const end = await fetchRecords(log, { from: 0, maxBytes: 100, upTo: 28, minOneBatch: true });
  expect(end).toMatchObject({ nextOffset: 28 });
});

test("look-ups by time find records, not the times of records that are gone", async () => {
  const log = await compactedLog();
  append(log, batchWith([["a", "1"]], { producer: { id: 9, epoch: 0, baseSequence: 0 } }, NOW_MS + 900));
  append(log, batchWith([["a", "2"]], {}, NOW_MS + 500));
  log.setHighWatermark(log.endOffset);
  await rollOver(log);
  await compactNow(log);
  expect(batchesOf(log)[0]).toMatchObject({ baseOffset: 0, recordsCount: 0 });
  expect(log.maxTimestamp()).toMatchObject({ offset: 1, timestampMs: NOW_MS + 500 });
  expect(log.offsetForTimestamp(NOW_MS + 1)).toMatchObject({ offset: 1 });
  expect(log.offsetForTimestamp(NOW_MS + 900)).toBeNull();
});

describe("while a compaction runs", () => {
  test("appends and reads go on", async () => {
    const log = await compactedLog();
    for (let round = 0; round < 30; round++) write(log, [[`k${round % 3}`, `${round}`]]);
    await rollOver(log);
    const running = compactNow(log);
    for (let round = 30; round < 60; round++) {
      write(log, [[`k${round % 3}`, `${round}`]]);
      expect(tableOf(log).size).toBe(3);
      await Promise.resolve();
    }
    await running;
    expect(tableOf(log)).toEqual(
      new Map([
        ["k0", "57"],
        ["k1", "58"],
        ["k2", "59"],
      ]),
    );
  });

  test("it is given up when the log is cut, and leaves nothing behind", async () => {
    const files = memoryFiles();
    const log = await compactedLog({}, files);
    for (let round = 0; round < 30; round++) write(log, [["a", `${round}`]]);
    await rollOver(log);
    const running = compactNow(log);
    log.truncateTo(20);
    expect(await running).toBe("stopped");
    expect(recordsOf(log)).toHaveLength(20);
    expect(files.list(folder).filter((name) => /cleaned|swap/.test(name))).toEqual([]);
  });

  test("it is given up when a segment of it is deleted", async () => {
    const log = await compactedLog();
    for (let round = 0; round < 30; round++) write(log, [["a", `${round}`]]);
    await rollOver(log);
    const running = compactNow(log);
    log.deleteRecordsBefore(25);
    while (log.retireSegment().length > 0);
    expect(await running).toBe("stopped");
    expect(
      recordsOf(log)
        .map(({ value }) => value)
        .slice(0, 5),
    ).toEqual(["25", "26", "27", "28", "29"]);
  });

  test("it is given up when the log is closed", async () => {
    const log = await compactedLog();
    for (let round = 0; round < 30; round++) write(log, [["a", `${round}`]]);
    await rollOver(log);
    const running = compactNow(log);
    log.release();
    expect(await running).toBe("stopped");
  });
});

test("a damaged batch is not made to look sound: the log stays as it is", async () => {
  const files = memoryFiles();
  const log = await compactedLog({}, files);
  write(log, [
    ["a", "1"],
    ["a", "2"],
  ]);
  await rollOver(log);
  const file = files.open(`${folder}/00000000000000000000.log`, "write");
  file.write([Buffer.from([0xff])], 70);
  expect(await compactNow(log)).toBe("damaged");
  expect(log.failure).toBeNull();
});

function later(ms: number): StillClock {
  const clock = new StillClock();
  clock.advance(ms);
  return clock;
}
