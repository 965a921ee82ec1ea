/** A disk that is full refuses what is written, whole or after a part of it. The log waits for room, and goes on. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FileError, type Files } from "../../lib/environment.js";
import { errors } from "../../protocol/errors.js";
import { readBatches } from "../../protocol/records/batch.js";
import type { PartitionLog } from "../partition-log.js";
import {
  append,
  batchOf,
  logConfig,
  memoryFiles,
  openStore,
  reopen,
  topicId,
  wrappedFile,
  wrappedFiles,
} from "../storage.test-data.js";

const FOLDER = "/data/orders-0";
const config = { ...logConfig, segmentBytes: 2_000, indexIntervalBytes: 200 };

/** Everything in the folder of the log is refused while `refuses` says so, after the given share of a write was done. */
function diskOf(files: Files, refuses: (path: string) => number | null): Files {
  const refuse = (path: string) => new FileError("ENOSPC", path, "There is no space left");
  const open: Files["open"] = (path, how) => {
    if (how === "create" && files.stat(path) === null && refuses(path) !== null) throw refuse(path);
    const file = files.open(path, how);
    const write: typeof file.write = (parts, at) => {
      const share = refuses(path);
      if (share === null) return file.write(parts, at);
      const bytes = Buffer.concat(parts);
      file.write([bytes.subarray(0, Math.floor(bytes.length * share))], at);
      throw refuse(path);
    };
    return wrappedFile(file, { write });
  };
  return wrappedFiles(files, { open });
}

function offsetsIn(log: PartitionLog): number[] {
  const offsets: number[] = [];
  for (let at = log.logStartOffset; at < log.endOffset; ) {
    const read = log.read(at, 1_000_000, log.endOffset, true);
    if ("errorCode" in read) throw new Error(`error ${read.errorCode}`);
    for (const batch of readBatches(read.records).batches) {
      expect(batch.hasValidCrc()).toBe(true);
      offsets.push(batch.baseOffset);
    }
    at = read.nextOffset;
  }
  return offsets;
}

/** Only what is appended is refused: the store has its files already. */
async function logOn(files: Files, refuses: { path: (path: string) => number | null }) {
  const disk = diskOf(files, (path) => (path.startsWith(FOLDER) ? refuses.path(path) : null));
  const store = await openStore(disk, { config });
  return { store, log: store.openOrCreate("orders", 0, topicId, config) };
}

describe("while the disk is full", () => {
  test("an append is refused, what is there is served, and nothing has to be restarted", async () => {
    const files = memoryFiles();
    const refuses = { path: (_: string): number | null => null };
    const { log } = await logOn(files, refuses);
    append(log, batchOf(1, 100));
    refuses.path = () => 0.5;
    for (let tries = 0; tries < 3; tries++) {
      expect(append(log, batchOf(1, 500))).toMatchObject({ errorCode: errors.KAFKA_STORAGE_ERROR.code });
    }
    expect([log.failure, log.endOffset, offsetsIn(log)]).toEqual([null, 1, [0]]);
    refuses.path = () => null;
    expect(append(log, batchOf(1, 100))).toMatchObject({ baseOffset: 1 });
    expect(offsetsIn(log)).toEqual([0, 1]);
  });

  test("what a write has left behind the end is no record, not even of a segment that nobody checks", async () => {
    const files = memoryFiles();
    const refuses = { path: (_: string): number | null => null };
    const { store, log } = await logOn(files, refuses);
    append(log, batchOf(1, 100));
    const { bytes } = log;
    refuses.path = () => 0.9;
    append(log, batchOf(1, 1_500));
    expect(files.stat(`${FOLDER}/00000000000000000000.log`)?.bytes).toBeGreaterThan(bytes + 1_000);
    refuses.path = () => null;
    append(log, batchOf(1, 1_700));
    expect(files.stat(`${FOLDER}/00000000000000000000.log`)?.bytes).toBeGreaterThan(bytes);
    append(log, batchOf(1, 1_700));
    await store.close({ clean: true });
    expect(offsetsIn((await reopen(files, { config })).openOrCreate("orders", 0, topicId, config))).toEqual([0, 1, 2]);
  });

  test("a new segment waits, and no half of a snapshot stays", async () => {
    const files = memoryFiles();
    const refuses = { path: (_: string): number | null => null };
    const { log } = await logOn(files, refuses);
    append(log, batchOf(1, 1_500));
    for (const refused of [".snapshot", "00000000000000000001.log"]) {
      refuses.path = (path) => (path.endsWith(refused) ? 0.5 : null);
      expect(append(log, batchOf(1, 1_500))).toMatchObject({ errorCode: errors.KAFKA_STORAGE_ERROR.code });
      refuses.path = () => null;
      expect(files.list(FOLDER).filter((name) => name.endsWith("1.log"))).toEqual([]);
      expect([log.failure, offsetsIn(log)]).toEqual([null, [0]]);
    }
    expect(append(log, batchOf(1, 1_500))).toMatchObject({ baseOffset: 1 });
    expect(offsetsIn(log)).toEqual([0, 1]);
  });
});

test("a disk that is found to be full by a sync has lost records: the log is offline", async () => {
  const files = memoryFiles();
  const open: Files["open"] = (path, how) => {
    const sync = () => Promise.reject(new FileError("ENOSPC", path, "There is no space left"));
    return path.endsWith(".log") ? wrappedFile(files.open(path, how), { sync }) : files.open(path, how);
  };
  const store = await openStore(wrappedFiles(files, { open }));
  const log = store.openOrCreate("orders", 0, topicId, config);
  append(log, batchOf(1));
  expect(await log.flush()).toBe(errors.KAFKA_STORAGE_ERROR.code);
  expect(log.failure).toBeInstanceOf(FileError);
});

test("however often it is full: what was answered is there, now and after a restart, and nothing else", async () => {
  const step = fc.record({
    valueBytes: fc.integer({ min: 10, max: 900 }),
    refusals: fc.nat(3),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    after: fc.nat(4),
  });
  const run = async (
    steps: readonly { valueBytes: number; refusals: number; share: number; after: number }[],
    clean: boolean,
  ) => {
    const files = memoryFiles();
    let [allowed, left, share] = [0, 0, 0];
    const refuses = { path: () => (allowed-- > 0 || left-- <= 0 ? null : share) };
    const { store, log } = await logOn(files, refuses);
    const appended: number[] = [];
    for (const { valueBytes, ...refusal } of steps) {
      [allowed, left, share] = [refusal.after, refusal.refusals, refusal.share];
      const result = append(
        log,
        batchOf(1, valueBytes, { producer: { id: 7, epoch: 0, baseSequence: appended.length } }),
      );
      if (!("errorCode" in result)) appended.push(result.baseOffset);
      if (refusal.after === 0) await log.flush();
      expect([log.failure, offsetsIn(log)]).toEqual([null, appended]);
    }
    [allowed, left] = [0, 0];
    // Nobody writes any more when the next one begins.
    await log.flush();
    await store.close({ clean });
    const again = (await reopen(files, { config })).openOrCreate("orders", 0, topicId, config);
    expect(offsetsIn(again)).toEqual(appended);
    expect(
      append(again, batchOf(1, 10, { producer: { id: 7, epoch: 0, baseSequence: appended.length } })),
    ).toMatchObject({
      baseOffset: appended.length,
    });
  };
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), fc.boolean(), run), {
    seed: 3,
    numRuns: 100,
  });
}, 60_000);
