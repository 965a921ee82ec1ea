/** What `npm run crash` has found in recovery, each in the smallest form that shows it. */
import { expect, test } from "vitest";
import { fileError } from "../../environments/file-failures.js";
import type { MemoryFiles } from "../../environments/memory/memory-files.js";
import { errors } from "../../protocol/errors.js";
import { RecordBatch } from "../../protocol/records/batch.js";
import { readOffsets } from "../files/checkpoints.js";
import { settled } from "../folders/several-folders.test-data.js";
import type { PartitionLog } from "../partition-log.js";
import {
  append,
  batchOf,
  logConfig,
  memoryFiles,
  openStore,
  reopen,
  StillClock,
  topicId,
  wrappedFile,
  wrappedFiles,
} from "../storage.test-data.js";

const folder = "/data/orders-0";
const batch = () => batchOf(1, 50);

async function recovered(files: MemoryFiles): Promise<PartitionLog> {
  const log = (await reopen(files)).get("orders", 0, topicId);
  if (log === null) throw new Error("the log is there");
  return log;
}

/** A log of three batches of one record, left without a stop. */
async function crashed(): Promise<MemoryFiles> {
  const files = memoryFiles();
  const store = await openStore(files);
  const log = store.openOrCreate("orders", 0, topicId, logConfig);
  for (let count = 0; count < 3; count++) append(log, batch());
  await log.flush();
  await store.close({ clean: false });
  return files;
}

function overwrite(files: MemoryFiles, path: string, bytes: Uint8Array, at: number): void {
  const file = files.open(path, "create");
  file.write([bytes], at);
  file.close();
}

test("a flush that waited behind one that failed fails too: what is lost would be taken for durable", async () => {
  const files = memoryFiles();
  let isFailing = false;
  const failing = wrappedFiles(files, {
    open: (path, how) =>
      wrappedFile(files.open(path, how), {
        sync: async () => {
          if (isFailing) throw fileError("EIO", path);
        },
      }),
  });
  const log = (await openStore(failing)).openOrCreate("orders", 0, topicId, logConfig);
  append(log, batch());
  const failed = log.flush();
  isFailing = true;
  append(log, batch());
  const waited = log.flush();
  await Promise.resolve();
  expect([await failed, await waited]).toContain(errors.KAFKA_STORAGE_ERROR.code);
  isFailing = false;
  expect(await log.flush()).toBe(errors.KAFKA_STORAGE_ERROR.code);
  expect(log.recoveryPoint).toBe(0);
});

test("the old end of a log, which a power cut has left behind the first batch of its new end, is cut off", async () => {
  const files = await crashed();
  const fresh = new RecordBatch(Buffer.from(batch()), 0);
  fresh.place(1, 1);
  overwrite(files, `${folder}/00000000000000000000.log`, fresh.bytes, fresh.sizeInBytes);
  const log = await recovered(files);
  expect(log).toMatchObject({ endOffset: 2, latestLeaderEpoch: 1 });
});

test("the epochs are those of the batches, not those of a checkpoint from before a truncation", async () => {
  const files = await crashed();
  overwrite(files, `${folder}/leader-epoch-checkpoint`, Buffer.from("0\n2\n0 0\n1 2\n"), 0);
  const log = await recovered(files);
  expect([0, 1, 2].map((offset) => log.leaderEpochAt(offset))).toEqual([0, 0, 0]);
});

test("a snapshot that a power cut has damaged is removed, also where it is not needed", async () => {
  const files = await crashed();
  overwrite(files, `${folder}/00000000000000000001.snapshot`, new Uint8Array(0), 0);
  await recovered(files);
  expect(files.list(folder)).not.toContain("00000000000000000001.snapshot");
});

test("the recovery point stays within the active segment, whose indexes are not written down yet", async () => {
  const store = await openStore(memoryFiles());
  const log = store.openOrCreate("orders", 0, topicId, logConfig);
  for (let count = 0; count < 3; count++) append(log, batch());
  await log.flush();
  expect(log.recoveryPoint).toBe(2);
});

test("before a log is cut, its recovery point on disk goes back: what is written there later is not durable", async () => {
  const files = memoryFiles();
  const clock = new StillClock();
  const store = await openStore(files, { clock });
  const log = store.openOrCreate("orders", 0, topicId, logConfig);
  for (let count = 0; count < 10; count++) append(log, batch());
  await log.flush();
  clock.advance(60_000);
  await settled();
  const onDisk = () => readOffsets(files, "/data", "recovery-point-offset-checkpoint").get("orders-0");
  expect(onDisk()).toBe(9);
  expect(store.truncate(log, 4)).toBe(errors.NONE.code);
  expect(onDisk()).toBeLessThanOrEqual(4);
  expect(log.endOffset).toBe(4);
});

test("a log that begins anew behind what was lost is the same after each recovery", async () => {
  const files = await crashed();
  files.remove(`${folder}/00000000000000000000.log`);
  overwrite(files, "/data/log-start-offset-checkpoint", Buffer.from("0\n1\norders 0 3\n"), 0);
  await recovered(files);
  const names = files.list(folder);
  const log = await recovered(files);
  expect(log).toMatchObject({ logStartOffset: 3, endOffset: 3 });
  expect(files.list(folder)).toEqual(names);
});

test("a snapshot from before the start of the log is not believed: batches of its producers are missing behind it", async () => {
  const files = memoryFiles();
  const clock = new StillClock();
  const config = { ...logConfig, segmentBytes: 200, retentionBytes: 200 };
  const log = (await openStore(files, { clock })).openOrCreate("orders", 0, topicId, config);
  const ofEpoch = (epoch: number) => batchOf(1, 50, { producer: { id: 7, epoch, baseSequence: 0 } });
  for (let epoch = 0; epoch < 3; epoch++) append(log, ofEpoch(epoch));
  for (let count = 0; count < 3; count++) append(log, batch());
  log.setHighWatermark(log.endOffset);
  clock.advance(300_000);
  await settled();
  expect(log.logStartOffset).toBe(4);
  for (const name of files.list(folder)) if (/[2-9]\.snapshot$/.test(name)) files.remove(`${folder}/${name}`);
  expect(files.list(folder)).toContain("00000000000000000001.snapshot");
  expect((await recovered(files)).producersSeen()).toEqual([]);
  expect(files.list(folder)).not.toContain("00000000000000000001.snapshot");
});

test("what a failed write has left is cut off durably before the segment counts as sound", async () => {
  const files = memoryFiles();
  const done: string[] = [];
  let isFull = false;
  const watched = wrappedFiles(files, {
    open: (path, how) => {
      const file = files.open(path, how);
      if (!path.endsWith("/00000000000000000000.log")) return file;
      return wrappedFile(file, {
        write: (parts, at) => {
          if (isFull) throw fileError("ENOSPC", path);
          file.write(parts, at);
        },
        truncate: (bytes) => {
          done.push(`truncate to ${bytes}`);
          file.truncate(bytes);
        },
        sync: async () => {
          done.push("sync");
        },
      });
    },
  });
  const segmentBytes = 3 * batch().length;
  const log = (await openStore(watched)).openOrCreate("orders", 0, topicId, { ...logConfig, segmentBytes });
  append(log, batch());
  append(log, batch());
  await log.flush();
  done.splice(0);
  isFull = true;
  expect(append(log, batch())).toMatchObject({ errorCode: errors.KAFKA_STORAGE_ERROR.code });
  isFull = false;
  append(log, batchOf(1, 100));
  await log.flush();
  expect(done).toEqual([`truncate to ${2 * batch().length}`, "sync"]);
});

test("a snapshot that a killed process has left in memory is made durable: a clean stop will count on it", async () => {
  const files = memoryFiles();
  const config = { ...logConfig, segmentBytes: 2 * batch().length };
  const store = await openStore(files);
  const log = store.openOrCreate("orders", 0, topicId, config);
  for (let count = 0; count < 3; count++) append(log, batch());
  await log.flush();
  await store.close({ clean: false });
  const synced: string[] = [];
  const watched = wrappedFiles(files, {
    lock: () => ({ release: () => {} }),
    open: (path, how) => wrappedFile(files.open(path, how), { sync: async () => void synced.push(path) }),
  });
  await openStore(watched);
  expect(synced).toContain(`${folder}/00000000000000000002.snapshot`);
});

test("segments that a truncation has removed do not come back once the log was flushed", async () => {
  const files = memoryFiles();
  const synced: string[] = [];
  const watched = wrappedFiles(files, { syncFolderInPool: async (path) => void synced.push(path) });
  const store = await openStore(watched);
  const config = { ...logConfig, segmentBytes: 2 * batch().length };
  const log = store.openOrCreate("orders", 0, topicId, config);
  for (let count = 0; count < 3; count++) append(log, batch());
  await log.flush();
  synced.splice(0);
  expect(store.truncate(log, 2)).toBe(errors.NONE.code);
  await log.flush();
  expect(synced).toEqual([folder]);
});
