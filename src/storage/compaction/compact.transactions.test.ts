import { describe, expect, test } from "vitest";
import { RecordBatch } from "../../protocol/records/batch.js";
import type { PartitionLog } from "../partition-log.js";
import { memoryFiles, NOW_MS, reopen, StillClock, topicId } from "../storage.test-data.js";
import { cleanableLog } from "./cleanable.js";
import {
  batchesOf,
  batchWith,
  committedRecordsOf,
  committedTableOf,
  compactConfig,
  compactedLog,
  compactNow,
  rollOver,
  TransactionalProducer,
  tableOf,
  toolsWith,
  write,
} from "./compaction.test-data.js";

const folder = "/data/orders-0";

/** What lies in the log: offset, whether it is a marker, and how many records it has. */
function shapeOf(log: PartitionLog): string[] {
  return batchesOf(log).map(
    ({ baseOffset, isControl, recordsCount }) => `${baseOffset}${isControl ? " marker" : ""} ${recordsCount}`,
  );
}

function abortedIn(log: PartitionLog): number[] {
  return log.internals.segments.all.flatMap((segment) => segment.aborted.all.map(({ firstOffset }) => firstOffset));
}

describe("an aborted transaction", () => {
  test("gives no record its place: what it would have replaced stays, and its own records go", async () => {
    const log = await compactedLog();
    const producer = new TransactionalProducer(7);
    write(log, [["a", "1"]]);
    producer.write(log, [
      ["a", "aborted"],
      ["b", "aborted"],
    ]);
    producer.end(log, "abort");
    await rollOver(log);
    await compactNow(log);
    expect(committedTableOf(log)).toEqual(new Map([["a", "1"]]));
    expect(tableOf(log)).toEqual(new Map([["a", "1"]]));
  });

  test("goes first; its marker in a later pass, when delete.retention.ms is over", async () => {
    const files = memoryFiles();
    const log = await compactedLog({ deleteRetentionMs: 5_000 }, files);
    const producer = new TransactionalProducer(7);
    write(log, [["a", "1"]]);
    producer.write(log, [["b", "aborted"]]);
    producer.end(log, "abort");
    // So neither of the two is the last that is known of the producer.
    producer.write(log, [["c", "1"]]);
    producer.end(log, "commit");
    await rollOver(log);
    await compactNow(log);
    expect(shapeOf(log)).toEqual(["0 1", "2 marker 1", "3 1", "4 marker 1", "5 1"]);
    expect(abortedIn(log)).toEqual([1]);
    await compactNow(log);
    expect(shapeOf(log)).toEqual(["0 1", "2 marker 1", "3 1", "4 marker 1", "5 1"]);
    expect(abortedIn(log)).toEqual([]);
    expect(files.list(folder).filter((name) => name.endsWith(".txnindex"))).toEqual([]);
    expect(batchesOf(log)[1]?.deleteHorizonMs).toBe(NOW_MS + 5_000);
    await compactNow(log, toolsWith({}, later(4_999)));
    expect(shapeOf(log)).toContain("2 marker 1");
    await compactNow(log, toolsWith({}, later(5_000)));
    expect(shapeOf(log)).toEqual(["0 1", "3 1", "4 marker 1", "5 1"]);
  });

  test("keeps its marker and its index entry while the last batch of its producer stands for the sequence", async () => {
    const files = memoryFiles();
    const log = await compactedLog({ deleteRetentionMs: 0 }, files);
    const producer = new TransactionalProducer(7);
    producer.write(log, [["a", "aborted"]]);
    producer.end(log, "abort");
    await rollOver(log);
    for (let pass = 0; pass < 3; pass++) await compactNow(log, toolsWith({}, later(pass)));
    expect(shapeOf(log)).toEqual(["0 0", "1 marker 1", "2 1"]);
    for (const name of files.list(folder)) if (name.endsWith(".snapshot")) files.remove(`${folder}/${name}`);
    const again = (await reopen(files, { config: compactConfig })).get("orders", 0, topicId);
    expect(again?.internals.producers.entries.get(7)?.batches.at(-1)?.lastSequence).toBe(0);
    expect(again?.lastStableOffset).toBe(again?.highWatermark);
  });

  test("may have its marker in another segment than its records", async () => {
    const files = memoryFiles();
    const log = await compactedLog({}, files);
    const producer = new TransactionalProducer(7);
    producer.write(log, [["a", "aborted"]]);
    await rollOver(log);
    write(log, [["b", "x".repeat(900)]]);
    producer.end(log, "abort");
    await rollOver(log);
    await rollOver(log);
    await compactNow(log);
    expect([...committedTableOf(log).keys()]).toEqual(["b"]);
    expect(committedRecordsOf(log, 1).map(({ key }) => key)).not.toContain("a");
    const again = (await reopen(files, { config: compactConfig })).get("orders", 0, topicId);
    again?.setHighWatermark(again.endOffset);
    expect(again === null ? [] : [...committedTableOf(again).keys()]).toEqual(["b"]);
  });
});

test("the marker of a commit stays until no record of the transaction is left, and delete.retention.ms longer", async () => {
  const log = await compactedLog({ deleteRetentionMs: 5_000 });
  const producer = new TransactionalProducer(7);
  producer.write(log, [["a", "1"]]);
  producer.end(log, "commit");
  producer.write(log, [["b", "1"]]);
  producer.end(log, "commit");
  await rollOver(log);
  await compactNow(log);
  expect(shapeOf(log)).toEqual(["0 1", "1 marker 1", "2 1", "3 marker 1", "4 1"]);
  write(log, [["a", "2"]]);
  await rollOver(log);
  await compactNow(log);
  expect(shapeOf(log)[0]).toBe("1 marker 1");
  expect(batchesOf(log)[0]?.deleteHorizonMs).toBeNull();
  await compactNow(log);
  expect(batchesOf(log)[0]?.deleteHorizonMs).toBe(NOW_MS + 5_000);
  await compactNow(log, toolsWith({}, later(5_000)));
  expect(shapeOf(log).slice(0, 2)).toEqual(["2 1", "3 marker 1"]);
});

test("a marker with the last epoch of its producer stays as an empty batch: an older producer is refused for good", async () => {
  const files = memoryFiles();
  const log = await compactedLog({ deleteRetentionMs: 0 }, files);
  const producer = new TransactionalProducer(7);
  producer.write(log, [["a", "aborted"]]);
  producer.end(log, "abort", 1);
  write(log, [["b", "1"]]);
  await rollOver(log);
  for (let pass = 0; pass < 4; pass++) await compactNow(log, toolsWith({}, later(pass)));
  expect(shapeOf(log)).toEqual(["1 marker 0", "2 1", "3 1"]);
  for (const name of files.list(folder)) if (name.endsWith(".snapshot")) files.remove(`${folder}/${name}`);
  const again = (await reopen(files, { config: compactConfig })).get("orders", 0, topicId);
  if (again === null) throw new Error("the log is there");
  expect(() => producer.write(again, [["a", "late"]])).toThrow("error 47");
});

test("a marker at the end of what was compacted stays as an empty batch", async () => {
  const log = await compactedLog({ deleteRetentionMs: 0 });
  const producer = new TransactionalProducer(7);
  producer.end(log, "commit");
  producer.write(log, [["a", "x".repeat(900)]]);
  producer.end(log, "commit");
  await rollOver(log);
  await compactNow(log);
  await compactNow(log, toolsWith({}, later(1)));
  expect(batchesOf(log)[0]).toMatchObject({ baseOffset: 0, isControl: true, isTransactional: true, recordsCount: 0 });
  expect(committedTableOf(log).size).toBe(1);
});

test("nothing at or behind the last stable offset is touched", async () => {
  const log = await compactedLog();
  const producer = new TransactionalProducer(7);
  write(log, [
    ["a", "1"],
    ["a", "2"],
  ]);
  await rollOver(log);
  producer.write(log, [["a", "3"]]);
  await rollOver(log);
  await rollOver(log);
  expect(cleanableLog(log, 0, NOW_MS)).toMatchObject({ endOffset: 3 });
  producer.end(log, "commit");
  expect(cleanableLog(log, 0, NOW_MS)?.endOffset).toBeGreaterThan(3);
});

test("a control batch that ends no transaction stays as it is", async () => {
  const log = await compactedLog({ deleteRetentionMs: 0 });
  const batch = new RecordBatch(Buffer.from(batchWith([["k", "v"]], { isControl: true })), 0);
  log.appendAsLeader(batch.bytes, { leaderEpoch: 0, origin: "coordinator", now: { monotonicMs: 0, wallMs: NOW_MS } });
  await rollOver(log);
  for (let pass = 0; pass < 3; pass++) await compactNow(log, toolsWith({}, later(pass)));
  expect(shapeOf(log)[0]).toBe("0 marker 1");
});

function later(ms: number): StillClock {
  const clock = new StillClock();
  clock.advance(ms);
  return clock;
}
