import { describe, expect, test } from "vitest";
import type { MemoryFiles } from "../../environments/memory/memory-files.js";
import { FileError, type Files } from "../../lib/environment.js";
import { readOffsets } from "../files/checkpoints.js";
import type { LogStore } from "../folders/log-store.js";
import type { LogConfig } from "../log-config.js";
import type { PartitionLog } from "../partition-log.js";
import {
  cleanerSettings,
  inline,
  memoryFiles,
  openStore,
  reopen,
  StillClock,
  topicId,
  wrappedFile,
  wrappedFiles,
} from "../storage.test-data.js";
import { LogCleaner, type LogCleanerOptions } from "./cleaner.js";
import { batchWith, compactConfig, recordsOf, rollOver, tableOf, write } from "./compaction.test-data.js";

const BACKOFF_MS = cleanerSettings.backoffMs;

/** Compaction is a chain of promises, none of which waits for time here. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function dirtyLog(store: LogStore, partition: number, rounds: number, config: Partial<LogConfig> = {}) {
  const log = store.openOrCreate("orders", partition, topicId, { ...compactConfig, ...config });
  for (let round = 0; round < rounds; round++) write(log, [[`k${round % 3}`, `${round}`]]);
  await rollOver(log);
  return log;
}

function checkpointIn(files: Files): Record<string, number> {
  return Object.fromEntries(readOffsets(files, "/data", "cleaner-offset-checkpoint"));
}

/** A cleaner beside the store, which notes the order in which it begins with the logs. */
function cleanerOf(
  logs: readonly PartitionLog[],
  files: Files,
  clock: StillClock,
): { cleaner: LogCleaner; order: number[] } {
  const order: number[] = [];
  const offload: LogCleanerOptions["environment"]["offload"] = (job, input) => inline(job, input);
  const random = { bytes: (count: number) => new Uint8Array(count), below: () => 0, uuid: () => topicId };
  const cleaner = new LogCleaner({
    environment: { clock, files, offload, random },
    folder: "/data",
    settings: cleanerSettings,
    logs: () => logs,
    removeLater: (paths) => order.push(Number(/orders-(\d)/.exec(paths[0] ?? "")?.[1])),
  });
  return { cleaner, order };
}

describe("the cleaner", () => {
  test("compacts what is dirty after each pause, and notes how far it came", async () => {
    const [files, clock] = [memoryFiles(), new StillClock()];
    const store = await openStore(files, { clock, config: compactConfig });
    const log = await dirtyLog(store, 0, 30);
    expect(recordsOf(log)).toHaveLength(31);
    clock.advance(BACKOFF_MS);
    await settled();
    expect(recordsOf(log)).toHaveLength(4);
    expect(checkpointIn(files)).toEqual({ "orders-0": 30 });
    write(log, [["k0", "new"]]);
    await rollOver(log);
    clock.advance(BACKOFF_MS);
    await settled();
    expect(tableOf(log).get("k0")).toBe("new");
    expect(checkpointIn(files)).toEqual({ "orders-0": 32 });
  });

  test("leaves logs alone that are not to be compacted, or not dirty enough", async () => {
    const [files, clock] = [memoryFiles(), new StillClock()];
    const store = await openStore(files, { clock, config: compactConfig });
    const kept = await dirtyLog(store, 0, 10, { cleanupPolicy: { compact: false, delete: true } });
    const clean = await dirtyLog(store, 1, 10, { minCleanableDirtyRatio: 1 });
    clock.advance(BACKOFF_MS);
    await settled();
    expect(recordsOf(kept)).toHaveLength(11);
    expect(recordsOf(clean)).toHaveLength(11);
  });

  test("begins with the dirtiest log", async () => {
    const [files, clock] = [memoryFiles(), new StillClock()];
    const store = await openStore(files, { config: compactConfig });
    const logs = [await dirtyLog(store, 0, 30), await dirtyLog(store, 1, 30), await dirtyLog(store, 2, 30)];
    const { cleaner, order } = cleanerOf(logs, files, clock);
    files.createFolder("/data");
    cleaner.start();
    clock.advance(BACKOFF_MS);
    await settled();
    expect(distinct(order)).toEqual([0, 1, 2]);
    for (const [partition, rounds] of [
      [1, 10],
      [0, 30],
      [2, 20],
    ] as const) {
      const log = logs[partition];
      if (log === undefined) throw new Error("the log is there");
      for (let round = 0; round < rounds; round++) write(log, [[`k${round % 3}`, `${round}`]]);
      await rollOver(log);
    }
    order.length = 0;
    clock.advance(BACKOFF_MS);
    await settled();
    expect(distinct(order)).toEqual([0, 2, 1]);
    await cleaner.stop();
  });

  test("goes on after a restart where it was", async () => {
    const [files, clock] = [memoryFiles(), new StillClock()];
    const store = await openStore(files, { clock, config: compactConfig });
    const log = await dirtyLog(store, 0, 30);
    // A second look at what is compacted would find that it may go.
    write(log, [["k9", null]]);
    await rollOver(log);
    clock.advance(BACKOFF_MS);
    await settled();
    await store.close({ clean: true });
    const later = new StillClock();
    const again = await reopen(files, { clock: later, config: compactConfig });
    again.hold("orders", 0, topicId, compactConfig);
    for (let pause = 0; pause < 3; pause++) {
      later.advance(BACKOFF_MS);
      await settled();
    }
    expect(checkpointIn(files)).toEqual({ "orders-0": 32 });
    expect(files.list("/data/orders-0").filter((name) => name.endsWith(".deleted"))).toEqual([]);
    await again.close({ clean: true });
  });

  test("forgets a topic that was deleted: its next life is dirty from the start", async () => {
    const [files, clock] = [memoryFiles(), new StillClock()];
    const store = await openStore(files, { clock, config: compactConfig });
    await dirtyLog(store, 0, 30);
    clock.advance(BACKOFF_MS);
    await settled();
    store.delete("orders", 0);
    const log = await dirtyLog(store, 0, 60);
    clock.advance(BACKOFF_MS);
    await settled();
    expect(recordsOf(log)).toHaveLength(4);
    expect(checkpointIn(files)).toEqual({ "orders-0": 60 });
  });

  test("stops in the middle of its work when the store closes, and the next start finds a sound log", async () => {
    const [files, clock] = [memoryFiles(), new StillClock()];
    const store = await openStore(files, { clock, config: compactConfig });
    const expected = tableOf(await dirtyLog(store, 0, 200));
    clock.advance(BACKOFF_MS);
    await Promise.resolve();
    await store.close({ clean: true });
    const again = (await reopen(files, { config: compactConfig })).get("orders", 0, topicId);
    if (again === null) throw new Error("the log is there");
    expect(tableOf(again)).toEqual(expected);
    expect(files.list("/data/orders-0").filter((name) => /cleaned|swap/.test(name))).toEqual([]);
  });
});

describe("when the disk fails", () => {
  test("by being full, the log serves on, and compaction is tried again", async () => {
    const disk = memoryFiles();
    const clock = new StillClock();
    let isFull = true;
    const files = wrappedFiles(disk, {
      open: (path, how) => {
        const file = disk.open(path, how);
        if (!path.endsWith(".log.cleaned")) return file;
        const write: typeof file.write = (parts, at) => {
          if (isFull) throw new FileError("ENOSPC", path, "The disk is full");
          file.write(parts, at);
        };
        return wrappedFile(file, { write });
      },
    });
    const store = await openStore(files, { clock, config: compactConfig });
    const log = await dirtyLog(store, 0, 30);
    clock.advance(BACKOFF_MS);
    await settled();
    expect(log.failure).toBeNull();
    expect(recordsOf(log)).toHaveLength(31);
    clock.advance(0);
    await settled();
    expect(disk.list("/data/orders-0").filter((name) => name.includes("cleaned"))).toEqual([]);
    isFull = false;
    clock.advance(BACKOFF_MS);
    await settled();
    expect(recordsOf(log)).toHaveLength(4);
  });

  test("while files change places, the log is offline, and whole again after the next start", async () => {
    const disk = memoryFiles();
    const clock = new StillClock();
    const files = wrappedFiles(disk, {
      rename: (from, to) => {
        if (to.endsWith(".log.deleted")) throw new FileError("EIO", from, "The disk fails");
        disk.rename(from, to);
      },
    });
    const store = await openStore(files, { clock, config: compactConfig });
    const log = await dirtyLog(store, 0, 30);
    const expected = tableOf(log);
    clock.advance(BACKOFF_MS);
    await settled();
    expect(log.failure).toMatchObject({ code: "EIO" });
    const again = await logOn(disk);
    expect(tableOf(again)).toEqual(expected);
    expect(recordsOf(again).length).toBeLessThan(31);
  });
});

describe("what Apache Kafka leaves when it stops in the middle of a compaction", () => {
  test("is finished as Kafka would", async () => {
    const disk = memoryFiles();
    const store = await openStore(disk, { config: compactConfig });
    const log = await dirtyLog(store, 0, 30);
    const last = log.endOffset - 1;
    await store.close({ clean: false });
    const folder = "/data/orders-0";
    const file = disk.open(`${folder}/00000000000000000000.log.swap`, "create");
    file.write(
      [
        batchWith(
          [
            ["k0", "27"],
            ["k1", "28"],
            ["k2", "29"],
          ],
          { baseOffset: last - 3, leaderEpoch: 0 },
        ),
      ],
      0,
    );
    for (const name of ["00000000000000000000.index.swap", "00000000000000000000.txnindex.swap"]) {
      disk.open(`${folder}/${name}`, "create").write([Buffer.alloc(8, 1)], 0);
    }
    disk.open(`${folder}/00000000000000000009.log.cleaned`, "create");
    const again = await logOn(disk);
    expect(recordsOf(again).map(({ offset, key }) => [offset, key])).toEqual([
      [27, "k0"],
      [28, "k1"],
      [29, "k2"],
      [30, "filler"],
    ]);
    expect(disk.list(folder).filter((name) => /cleaned|swap/.test(name))).toEqual([]);
  });
});

function distinct(numbers: readonly number[]): number[] {
  return [...new Set(numbers)];
}

async function logOn(disk: MemoryFiles): Promise<PartitionLog> {
  const log = (await reopen(disk, { config: compactConfig })).get("orders", 0, topicId);
  if (log === null) throw new Error("the log is there");
  return log;
}
