import { describe, expect, test } from "vitest";
import type { Disk } from "../../environments/simulated/disk.js";
import { afterPowerCut } from "../../environments/simulated/power-cut.js";
import { Simulation } from "../../environments/simulated/simulation.js";
import type { Clock, Files } from "../../lib/environment.js";
import { errors } from "../../protocol/errors.js";
import { readBatches } from "../../protocol/records/batch.js";
import { loadCrc32c } from "../../protocol/records/crc32c.js";
import type { LogConfig } from "../log-config.js";
import type { PartitionLog } from "../partition-log.js";
import { appendTransactional, endTransaction, transactional } from "../producers/transactions.test-data.js";
import { append, batchOf, logConfig, readFrom, topicId, unthrottled } from "../storage.test-data.js";
import type { MoveThrottle } from "./log-move.js";
import type { LogStore } from "./log-store.js";
import { openFolders } from "./several-folders.test-data.js";

const limits = { eventsMax: 1e6, virtualMsMax: 1e7 };
const segmentConfig: LogConfig = {
  ...logConfig,
  segmentBytes: 5_000,
  retentionMs: -1,
  messageTimestampAfterMaxMs: Number.MAX_SAFE_INTEGER,
};
const largeSegments: LogConfig = { ...segmentConfig, segmentBytes: 500_000 };

// Nobody may read files while a simulation runs.
loadCrc32c();

interface Moving {
  readonly simulation: Simulation;
  readonly store: LogStore;
  readonly log: PartitionLog;
  /** The log that is the partition's now. */
  readonly current: () => PartitionLog;
  readonly move: (path: string) => void;
  readonly lines: readonly string[];
  readonly files: Files;
  readonly disk: Disk;
}

/** A log of so many records in the folder /a, beside an empty folder /b. */
async function inFolders(
  records: number,
  config: LogConfig,
  work: (moving: Moving) => Promise<void>,
  throttleOn: (clock: Clock) => MoveThrottle = () => unthrottled,
): Promise<void> {
  const simulation = new Simulation(11);
  const host = simulation.host();
  const environment = host.start();
  await simulation.run(async () => {
    const { store, lines } = await openFolders(environment.files, ["/a", "/b"], {
      ...environment,
      moveThrottle: throttleOn(environment.clock),
    });
    const log = store.openOrCreate("t", 0, topicId, config);
    let current = log;
    store.watch({
      failed: () => {},
      back: () => {},
      moved: (_, moved) => {
        current = moved;
      },
    });
    for (let count = 0; count < records; count++) append(log, batchOf(1, 500));
    log.setHighWatermark(records);
    const move = (path: string) => {
      const to = store.folders.find((folder) => folder.path === path);
      if (to !== undefined) store.move("t", 0, topicId, to);
    };
    await work({
      simulation,
      store,
      log,
      current: () => current,
      move,
      lines,
      files: environment.files,
      disk: host.disk,
    });
    await store.close({ clean: true });
  }, limits);
}

function offsetsIn(log: PartitionLog): number[] {
  const offsets: number[] = [];
  for (let next = log.logStartOffset; next < log.endOffset; ) {
    const read = readFrom(log, next);
    offsets.push(...readBatches(read.records).batches.map(({ baseOffset }) => baseOffset));
    next = read.nextOffset;
  }
  return offsets;
}

/** After so many bytes nothing moves until that many were allowed again. */
const bytesPerSecond = (rate: number) => (clock: Clock) => {
  let freeAtMs = 0;
  return {
    pauseMs: () => Math.max(0, freeAtMs - clock.monotonicMs()),
    record: (bytes: number) => {
      freeAtMs = clock.monotonicMs() + (bytes / rate) * 1_000;
    },
  };
};

const upTo = (end: number, from = 0) => Array.from({ length: end - from }, (_, index) => from + index);

describe("a log that moves to another folder", () => {
  test("takes all its records with it, also those that arrive meanwhile", async () => {
    await inFolders(50, segmentConfig, async ({ simulation, store, log, current, move, files }) => {
      move("/b");
      expect(store.moves).toMatchObject([{ offsetLag: 50 }]);
      for (let count = 50; count < 90; count++) {
        append(current(), batchOf(1, 500));
        current().setHighWatermark(count + 1);
        await simulation.sleep(1);
      }
      await simulation.sleep(1_000);
      expect(current()).not.toBe(log);
      expect(store.get("t", 0, topicId)).toBe(current());
      expect(store.placeOf("t", 0, topicId)?.path).toBe("/b");
      expect(offsetsIn(current())).toEqual(upTo(90));
      expect(current().highWatermark).toBe(90);
      expect(store.moves).toEqual([]);
      await simulation.sleep(120_000);
      expect(files.list("/a").filter((name) => name.startsWith("t-"))).toEqual([]);
    });
  });

  test("keeps its producers, its epochs and where it starts", async () => {
    await inFolders(0, segmentConfig, async ({ simulation, log, current, move }) => {
      const producer = (baseSequence: number) => ({ producer: { id: 9, epoch: 2, baseSequence } });
      for (let sequence = 0; sequence < 30; sequence++) {
        append(log, batchOf(1, 500, producer(sequence)), sequence < 20 ? 3 : 4);
      }
      append(log, batchOf(5, 10), 4);
      log.setHighWatermark(35);
      // Inside the last batch, and behind the first segments.
      expect(log.deleteRecordsBefore(32)).toBe(errors.NONE.code);
      move("/b");
      await simulation.sleep(1_000);
      expect(current()).toMatchObject({ logStartOffset: 32, endOffset: 35, highWatermark: 35, latestLeaderEpoch: 4 });
      expect(current()).not.toBe(log);
      expect(readFrom(current(), 32).nextOffset).toBe(35);
    });
  });

  test("goes on from its producers' last sequence", async () => {
    await inFolders(0, segmentConfig, async ({ simulation, log, current, move }) => {
      const batch = (baseSequence: number) => batchOf(1, 500, { producer: { id: 9, epoch: 2, baseSequence } });
      for (let sequence = 0; sequence < 30; sequence++) append(log, batch(sequence));
      move("/b");
      await simulation.sleep(1_000);
      expect(append(current(), batch(29))).toMatchObject({ baseOffset: 29 });
      expect(append(current(), batch(31))).toMatchObject({ errorCode: errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code });
      expect(append(current(), batch(30))).toMatchObject({ baseOffset: 30 });
    });
  });

  test("takes its transactions along: open ones, and the ranges of aborted ones", async () => {
    await inFolders(0, segmentConfig, async ({ simulation, log, current, move }) => {
      appendTransactional(log, transactional(7, 0));
      appendTransactional(log, transactional(8, 0));
      endTransaction(log, 7, "abort");
      for (let count = 0; count < 30; count++) append(log, batchOf(1, 500));
      log.setHighWatermark(log.endOffset);
      const seen = (one: PartitionLog) => ({
        lastStableOffset: one.lastStableOffset,
        aborted: one.abortedTransactions(0, one.endOffset),
        isOpen: one.hasOngoingTransaction(8),
      });
      const before = seen(log);
      expect(before).toMatchObject({ lastStableOffset: 1, isOpen: true });
      move("/b");
      await simulation.sleep(1_000);
      expect(current()).not.toBe(log);
      expect(seen(current())).toEqual(before);
      endTransaction(current(), 8, "abort");
      current().setHighWatermark(current().endOffset);
      expect(current().lastStableOffset).toBe(current().endOffset);
      expect(current().abortedTransactions(0, current().endOffset)).toHaveLength(2);
    });
  });

  test("moves no faster than it may", async () => {
    const scene = async ({ simulation, store, log, current, move }: Moving) => {
      for (let count = 0; count < 40; count++) append(log, batchOf(1, 100_000));
      log.setHighWatermark(40);
      move("/b");
      await simulation.sleep(2_500);
      const [copied = 0] = store.moves.map(({ bytes }) => bytes);
      expect(copied).toBeGreaterThan(1_000_000);
      expect(copied).toBeLessThanOrEqual(3_500_000);
      await simulation.sleep(10_000);
      expect(current()).not.toBe(log);
      expect(offsetsIn(current())).toEqual(upTo(40));
    };
    await inFolders(0, largeSegments, scene, bytesPerSecond(1_000_000));
  });

  test("waits for no throttle when it is given up", async () => {
    const scene = async ({ simulation, store, log, move, files }: Moving) => {
      for (let count = 0; count < 40; count++) append(log, batchOf(1, 100_000));
      move("/b");
      await simulation.sleep(100);
      move("/a");
      expect(store.moves).toEqual([]);
      await simulation.sleep(1_000);
      expect(files.list("/b").filter((name) => name.startsWith("t-"))).toEqual([]);
    };
    await inFolders(0, largeSegments, scene, bytesPerSecond(100));
  });

  test("can go back at once", async () => {
    await inFolders(20, segmentConfig, async ({ simulation, log, current, move }) => {
      move("/b");
      while (current() === log) await simulation.sleep(1);
      move("/a");
      await simulation.sleep(200_000);
      expect(current().folder).toBe("/a/t-0");
      expect(offsetsIn(current())).toEqual(upTo(20));
    });
  });

  test("stays when it is told to be where it is", async () => {
    await inFolders(20, segmentConfig, async ({ simulation, store, log, current, move, files }) => {
      move("/b");
      await simulation.sleep(0);
      move("/a");
      expect(store.moves).toEqual([]);
      await simulation.sleep(1_000);
      expect(current()).toBe(log);
      expect(files.list("/b").filter((name) => name.startsWith("t-"))).toEqual([]);
    });
  });

  test("stays when the other disk fails, or is full", async () => {
    for (const code of ["EIO", "ENOSPC"]) {
      await inFolders(20, segmentConfig, async ({ simulation, store, log, current, move, lines, disk }) => {
        disk.watch = ({ kind, path }) => (kind === "write" && path.includes("-future") ? code : null);
        move("/b");
        await simulation.sleep(1_000);
        disk.watch = () => null;
        expect(current()).toBe(log);
        expect(store.moves).toEqual([]);
        expect(append(log, batchOf(1))).toMatchObject({ baseOffset: 20 });
        expect(lines.some((line) => line.includes("cannot be moved"))).toBe(true);
        await simulation.sleep(100_000);
      });
    }
  });

  test("is deleted with its copy when its topic is", async () => {
    await inFolders(20, segmentConfig, async ({ simulation, store, move, files }) => {
      move("/b");
      await simulation.sleep(1);
      store.delete("t", 0);
      await simulation.sleep(200_000);
      const left = ["/a", "/b"].flatMap((path) => files.list(path));
      expect(left.filter((name) => name.startsWith("t-"))).toEqual([]);
    });
  });

  test("has a place before it has a file", async () => {
    await inFolders(0, segmentConfig, async ({ store }) => {
      const [, b] = store.folders;
      if (b === undefined) throw new Error("there are two folders");
      store.move("t", 5, topicId, b);
      expect(store.openOrCreate("t", 5, topicId, logConfig).folder).toBe("/b/t-5");
    });
  });
});

test("whenever the power goes, the log has all that was durable, in one folder or the other", async () => {
  const images: Disk[] = [];
  const random = new Simulation(12).random("images");
  await inFolders(20, segmentConfig, async ({ simulation, log, current, move, disk }) => {
    await log.flush();
    disk.watch = ({ kind }) => {
      if (kind !== "read") images.push(afterPowerCut(disk, random), afterPowerCut(disk, random));
      return null;
    };
    move("/b");
    while (current() === log) await simulation.sleep(1);
    await simulation.sleep(100_000);
    disk.watch = () => null;
  });
  expect(images.length).toBeGreaterThan(40);
  for (const image of images) {
    const simulation = new Simulation(13);
    await simulation.run(async () => {
      const environment = simulation.host().start(image);
      const { store } = await openFolders(environment.files, ["/a", "/b"], environment);
      expect(store.logs).toHaveLength(1);
      const log = store.get("t", 0, topicId);
      expect(log && offsetsIn(log)).toEqual(upTo(20));
    }, limits);
  }
});
