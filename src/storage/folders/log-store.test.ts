import { describe, expect, test } from "vitest";
import { FileError, type Files } from "../../lib/environment.js";
import { errors } from "../../protocol/errors.js";
import { openMetadataLog } from "../metadata-log.js";
import {
  append,
  batchOf,
  logConfig,
  memoryFiles,
  NOW_MS,
  now,
  openStore,
  readFrom,
  reopen,
  StillClock,
  topicId,
  wrappedFile,
  wrappedFiles,
} from "../storage.test-data.js";
import { LogDirectory } from "./log-directory.js";
import { settled } from "./several-folders.test-data.js";

const otherId = "BBBBBBBBBBBBBBBBBBBBBQ";
const folder = "/data/orders-0";

describe("a clean stop", () => {
  test("brings back records, offsets, epochs and producers without a look at the records", async () => {
    const files = memoryFiles();
    const store = await openStore(files);
    const log = store.openOrCreate("orders", 0, topicId, { ...logConfig, segmentBytes: 1_000 });
    const producer = (baseSequence: number) => ({ producer: { id: 9, epoch: 2, baseSequence } });
    for (let sequence = 0; sequence < 30; sequence++)
      append(log, batchOf(1, 50, producer(sequence)), sequence % 7 === 0 ? sequence : 21);
    log.setHighWatermark(25);
    log.deleteRecordsBefore(5);
    expect(await store.close({ clean: true })).toBe(errors.NONE.code);

    const again = (await reopen(withoutReadingRecords(files))).get("orders", 0, topicId);
    expect(again).toMatchObject({ endOffset: 30, highWatermark: 25, logStartOffset: 5, recoveryPoint: 29 });
    expect(again?.latestLeaderEpoch).toBe(log.latestLeaderEpoch);
    expect(again?.epochEndOffset(7)).toEqual(log.epochEndOffset(7));
    if (again === undefined || again === null) throw new Error("the log is there");
    expect(append(again, batchOf(1, 50, producer(29)), 30)).toMatchObject({ baseOffset: 29 });
    expect(append(again, batchOf(1, 50, producer(31)), 30)).toMatchObject({
      errorCode: errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code,
    });
  });

  test("leaves Kafka's files, and nothing else", async () => {
    const files = memoryFiles();
    const store = await openStore(files);
    append(store.openOrCreate("orders", 0, topicId, logConfig), batchOf(1));
    await store.close({ clean: true });
    expect(files.list("/data")).toEqual([
      ".kafka_cleanshutdown",
      "log-start-offset-checkpoint",
      "orders-0",
      "recovery-point-offset-checkpoint",
      "replication-offset-checkpoint",
    ]);
    expect(files.list(folder)).toEqual([
      "00000000000000000000.index",
      "00000000000000000000.log",
      "00000000000000000000.timeindex",
      "00000000000000000001.snapshot",
      "leader-epoch-checkpoint",
      "partition.metadata",
    ]);
    expect(text(files, `${folder}/partition.metadata`)).toBe(`version: 0\ntopic_id: ${topicId}`);
    expect(text(files, `${folder}/leader-epoch-checkpoint`)).toBe("0\n1\n0 0\n");
    expect(text(files, "/data/recovery-point-offset-checkpoint")).toBe("0\n1\norders 0 0\n");
  });

  test("tells the next broker the epoch of the last one, until it is in use again (KIP-966)", async () => {
    const files = memoryFiles();
    const epoch = (): number => {
      const directory = LogDirectory.open(files, "/data");
      if ("problem" in directory) return Number.NaN;
      directory.release();
      return directory.brokerEpochAtEnd;
    };
    await (await openStore(files)).close({ clean: true, brokerEpoch: 41 });
    expect(epoch()).toBe(41);
    await (await reopen(files)).close({ clean: false, brokerEpoch: 42 });
    expect(epoch()).toBe(-1);
  });

  test("is over as soon as the store is open again", async () => {
    const files = memoryFiles();
    await (await openStore(files)).close({ clean: true });
    const store = await reopen(files);
    expect(files.stat("/data/.kafka_cleanshutdown")).toBeNull();
    await store.close({ clean: false });
    expect(files.stat("/data/.kafka_cleanshutdown")).toBeNull();
  });
});

describe("topics", () => {
  test("the log of a deleted topic is gone at once, its files later", async () => {
    const files = memoryFiles();
    const clock = new StillClock();
    const store = await openStore(files, { clock });
    const log = store.openOrCreate("orders", 0, topicId, logConfig);
    append(log, batchOf(1));
    store.delete("orders", 0);
    expect(store.get("orders", 0, topicId)).toBeNull();
    expect(log.read(0, 100, 1, true)).toMatchObject({ errorCode: errors.KAFKA_STORAGE_ERROR.code });
    const [deleted = ""] = files.list("/data");
    expect(deleted).toMatch(/^orders-0\.[0-9a-f]{32}-delete$/);
    const fresh = store.openOrCreate("orders", 0, otherId, logConfig);
    expect(fresh.endOffset).toBe(0);
    clock.advance(60_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(files.list("/data").filter((name) => name.endsWith("-delete"))).toEqual([]);
  });

  test("what a stop left of a deleted topic is removed at the next start", async () => {
    const files = memoryFiles();
    const store = await openStore(files);
    append(store.openOrCreate("orders", 0, topicId, logConfig), batchOf(1));
    store.delete("orders", 0);
    await store.close({ clean: true });
    const again = await reopen(files);
    expect(again.logs).toEqual([]);
    expect(files.list("/data").filter((name) => name.includes("delete"))).toEqual([]);
  });

  test("a topic that was deleted and made again elsewhere does not get the old records", async () => {
    const files = memoryFiles();
    const store = await openStore(files);
    append(store.openOrCreate("orders", 0, topicId, logConfig), batchOf(1));
    expect(store.get("orders", 0, otherId)).toBeNull();
    expect(store.openOrCreate("orders", 0, otherId, logConfig).endOffset).toBe(0);
    await store.close({ clean: true });
    expect((await reopen(files)).get("orders", 0, otherId)).not.toBeNull();
  });

  test("two that would be one folder on the disk are refused, with the reason", async () => {
    const files = memoryFiles();
    const store = await openStore(ignoringCase(files));
    append(store.openOrCreate("orders", 0, topicId, logConfig), batchOf(1));
    expect(() => store.openOrCreate("Orders", 0, otherId, logConfig)).toThrow(
      /Orders-0 and orders-0 are one and the same/,
    );
    expect(store.openOrCreate("orders", 1, topicId, logConfig).endOffset).toBe(0);
  });

  test("the metadata log and foreign folders are left alone", async () => {
    const files = memoryFiles();
    for (const name of ["__cluster_metadata-0", "lost+found", "no-partition", "a-01"]) {
      files.createFolder(`/data/${name}`);
    }
    expect((await openStore(files)).logs).toEqual([]);
  });
});

test("checkpoints are written now and then, so that a crash has less to check", async () => {
  const files = memoryFiles();
  const clock = new StillClock();
  const store = await openStore(files, { clock });
  const log = store.openOrCreate("orders", 0, topicId, logConfig);
  append(log, batchOf(10));
  log.setHighWatermark(7);
  await log.flush();
  clock.advance(60_000);
  await settled();
  expect(text(files, "/data/recovery-point-offset-checkpoint")).toBe("0\n1\norders 0 9\n");
  expect(text(files, "/data/replication-offset-checkpoint")).toBe("0\n1\norders 0 7\n");
});

test("a log without its topic id takes the one that the metadata knows", async () => {
  const files = memoryFiles();
  const store = await openStore(files);
  append(store.openOrCreate("orders", 0, topicId, logConfig), batchOf(1));
  await store.close({ clean: true });
  files.remove(`${folder}/partition.metadata`);
  const again = await reopen(files);
  expect(again.get("orders", 0, otherId)).toMatchObject({ topicId: otherId, endOffset: 1 });
  expect(text(files, `${folder}/partition.metadata`)).toContain(otherId);
});

test("a missing or damaged index is built again", async () => {
  const files = memoryFiles();
  const config = { ...logConfig, indexIntervalBytes: 0, segmentBytes: 2_000 };
  const store = await openStore(files, { config });
  const log = store.openOrCreate("orders", 0, topicId, config);
  for (let count = 0; count < 60; count++) append(log, batchOf(1, 10, {}, NOW_MS + count));
  await store.close({ clean: true });
  files.remove(`${folder}/00000000000000000000.index`);
  const damaged = files.open(`${folder}/00000000000000000000.timeindex`, "write");
  damaged.write([Buffer.alloc(12, 0xff)], 12);
  const again = (await reopen(files, { config })).get("orders", 0, topicId);
  if (again === null) throw new Error("the log is there");
  for (let offset = 0; offset < 60; offset++) {
    expect(readFrom(again, offset, 1).nextOffset).toBe(offset + 1);
    expect(await again.offsetForTimestamp(NOW_MS + offset)).toMatchObject({ offset });
  }
});

test("a damaged checkpoint or snapshot tells nothing, and the log is still right", async () => {
  const files = memoryFiles();
  const store = await openStore(files);
  const log = store.openOrCreate("orders", 0, topicId, logConfig);
  const producer = (baseSequence: number) => ({ producer: { id: 9, epoch: 2, baseSequence } });
  for (let sequence = 0; sequence < 3; sequence++) append(log, batchOf(1, 50, producer(sequence)));
  await store.close({ clean: true });
  for (const [name, damage] of [
    ["/data/recovery-point-offset-checkpoint", "0\n7\norders 0 3\n"],
    ["/data/replication-offset-checkpoint", "9\n1\norders 0 3\n"],
    ["/data/log-start-offset-checkpoint", ""],
    [`${folder}/leader-epoch-checkpoint`, "0\n1\nx -3\n"],
    [`${folder}/00000000000000000003.snapshot`, "nonsense"],
  ] as const) {
    const file = files.open(name, "write");
    file.truncate(0);
    file.write([Buffer.from(damage)], 0);
  }
  const again = (await reopen(files)).get("orders", 0, topicId);
  expect(again).toMatchObject({ endOffset: 3, logStartOffset: 0, highWatermark: 0 });
  if (again !== null) expect(append(again, batchOf(1, 50, producer(1)))).toMatchObject({ baseOffset: 1 });
});

test("the metadata log is opened beside the others, and checked every time", () => {
  const files = memoryFiles();
  files.createFolder("/data");
  const open = () => openMetadataLog({ files, path: "/data", config: logConfig, nowMs: NOW_MS });
  const log = open();
  for (const baseOffset of [0, 3]) {
    expect(log.appendAsFollower(batchOf(3, 10, { baseOffset, leaderEpoch: 1 }), now)).toMatchObject({ baseOffset });
  }
  const file = files.open("/data/__cluster_metadata-0/00000000000000000000.log", "write");
  file.truncate(file.bytes - 1);
  // As a power cut leaves it before the first flush.
  files.remove("/data/__cluster_metadata-0/partition.metadata");
  expect(open()).toMatchObject({ endOffset: 3, latestLeaderEpoch: 1 });
  expect(text(files, "/data/__cluster_metadata-0/partition.metadata")).toContain(log.topicId);
});

function text(files: Files, path: string): string {
  const file = files.open(path, "read");
  const bytes = Buffer.alloc(file.bytes);
  file.read(bytes, 0);
  file.close();
  return bytes.toString();
}

/** A disk like those of macOS and Windows. */
function ignoringCase(files: Files): Files {
  const named = (path: string) => {
    const slash = path.lastIndexOf("/");
    const [parent, name] = [path.slice(0, slash), path.slice(slash + 1)];
    const found = files.list(parent).find((one) => one.toLowerCase() === name.toLowerCase());
    return found === undefined ? path : `${parent}/${found}`;
  };
  return wrappedFiles(files, { stat: (path) => files.stat(named(path)) });
}

/** Fails the test when more than a header's worth of a log file is read at once from its beginning. */
function withoutReadingRecords(files: Files): Files {
  const open: Files["open"] = (path, how) => {
    const file = files.open(path, how);
    if (!path.endsWith(".log")) return file;
    const read = (into: Uint8Array, at: number) => {
      expect(into.length).toBeLessThanOrEqual(4096);
      return file.read(into, at);
    };
    return wrappedFile(file, { read });
  };
  return wrappedFiles(files, { open });
}

test("a log of which the metadata knows nothing is set aside, with all its files", async () => {
  const files = memoryFiles();
  const store = await openStore(files);
  for (const partition of [0, 1]) append(store.openOrCreate("orders", partition, topicId, logConfig), batchOf(1));
  await store.close({ clean: true });
  const again = await reopen(files);
  again.setAsideStrays(({ partition }) => partition === 0);
  expect(again.logs.map(({ partition }) => partition)).toEqual([0]);
  const [stray = ""] = files.list("/data").filter((name) => name.endsWith("-stray"));
  expect(stray).toMatch(/^orders-1\.[0-9a-f]{32}-stray$/);
  expect(files.list(`/data/${stray}`)).toContain("00000000000000000000.log");
  // A later start leaves it where it is.
  await again.close({ clean: true });
  expect((await reopen(files)).logs).toHaveLength(1);
  expect(files.list("/data")).toContain(stray);
});

test("files that a deleted log could not take with it do not become part of a new one", async () => {
  const files = memoryFiles();
  let isStuck = false;
  const rename: Files["rename"] = (from, to) => {
    if (isStuck) throw new FileError("EACCES", from, "not allowed");
    files.rename(from, to);
  };
  const store = await openStore(wrappedFiles(files, { rename }));
  append(store.openOrCreate("orders", 0, topicId, logConfig), batchOf(3));
  isStuck = true;
  store.delete("orders", 0);
  isStuck = false;
  expect(store.openOrCreate("orders", 0, otherId, logConfig).endOffset).toBe(0);
});
