import { describe, expect, test } from "vitest";
import { buildBatch } from "../../protocol/records/build-batch.js";
import { codecs } from "../../protocol/records/codecs.js";
import { append, memoryFiles, NOW_MS, reopen, StillClock, topicId } from "../storage.test-data.js";
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
import { SLOT_BYTES } from "./key-map.js";

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

function later(ms: number): StillClock {
  const clock = new StillClock();
  clock.advance(ms);
  return clock;
}
