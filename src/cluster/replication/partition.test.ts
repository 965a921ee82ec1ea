import { beforeEach, describe, expect, test } from "vitest";
import { type File, FileError } from "../../lib/environment.js";
import type { PartitionImage } from "../../metadata/image/image.js";
import { partitionOfBroker1 } from "../../metadata/image/image.test-data.js";
import { errors } from "../../protocol/errors.js";
import { buildBatch } from "../../protocol/records/build-batch.js";
import type { LogStore } from "../../storage/folders/log-store.js";
import { transactional } from "../../storage/producers/transactions.test-data.js";
import { Verification } from "../../storage/producers/verifications.js";
import {
  logConfig,
  memoryFiles,
  openStore,
  reopen,
  StillClock,
  topicId,
  wrappedFile,
  wrappedFiles,
} from "../../storage/storage.test-data.js";
import { Partition } from "./partition.js";
import { withoutPeers } from "./replication.test-data.js";

const nodeId = 1;
let store: LogStore;
let files: ReturnType<typeof memoryFiles>;

beforeEach(async () => {
  files = memoryFiles();
  [syncCount, syncFails] = [0, false];
  store = await openStore(wrappedFiles(files, { open: (path, how) => watched(files.open(path, how)) }));
});

let syncCount: number;
let syncFails: boolean;

function watched(file: File): File {
  const sync = async () => {
    syncCount++;
    await Promise.resolve();
    if (syncFails) throw new FileError("EIO", "/data", "the disk failed");
    await file.sync();
  };
  return wrappedFile(file, { sync });
}

async function syncs(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
}

function image(changes: Partial<PartitionImage> = {}): PartitionImage {
  return { ...partitionOfBroker1, leaderEpoch: 3, partitionEpoch: 3, ...changes };
}

function partitionAs(changes: Partial<PartitionImage> = {}, config = logConfig): Partition {
  const clock = new StillClock();
  const which = { topic: "t", topicId, index: 0 };
  const partition = new Partition({ ...which, nodeId, clock, store, config, ...withoutPeers(clock) });
  partition.apply(image(changes));
  return partition;
}

const record = { timestampMs: 1_700_000_000_000, key: null, value: Buffer.from("v") };

function records(count = 1): Uint8Array {
  return buildBatch({ records: Array.from({ length: count }, () => record) });
}

/** One record, as a leader has placed it. */
function written(leaderEpoch: number, baseOffset: number): Uint8Array {
  return buildBatch({ records: [record], baseOffset, leaderEpoch });
}

describe("a partition", () => {
  test("costs no file until something is appended, and reads as empty", () => {
    const partition = partitionAs();
    expect(files.list("/data").filter((name) => name.startsWith("t-"))).toEqual([]);
    expect(partition.read(0, 1000, "high watermark", true)).toMatchObject({ records: new Uint8Array() });
    expect(partition.read(1, 1000, "high watermark", true)).toEqual({ errorCode: errors.OFFSET_OUT_OF_RANGE.code });
    partition.append(records(), "client", -1);
    expect(files.list("/data")).toContain("t-0");
  });

  test("whose leader is alone in sync commits what it appends, and tells who waits", () => {
    const partition = partitionAs();
    const committed: number[] = [];
    partition.onCommitted((highWatermark) => committed.push(highWatermark));
    expect(partition.append(records(2), "client", -1)).toMatchObject({ baseOffset: 0, lastOffset: 1 });
    expect(partition.append(records(1), "client", 1)).toMatchObject({ baseOffset: 2 });
    expect(committed).toEqual([2, 3]);
    expect(partition.highWatermark).toBe(3);
  });

  test("lets those go that want to be told no more: a coordinator that failed is loaded anew under the same epoch", () => {
    const partition = partitionAs();
    const told: string[] = [];
    const stops = [partition.onCommitted(() => told.push("committed")), partition.onLost(() => told.push("lost"))];
    for (const stop of stops) stop();
    partition.append(records(1), "client", -1);
    partition.apply(image({ leader: 2, leaderEpoch: 6 }));
    expect(told).toEqual([]);
  });

  test("does not commit what another in-sync replica may not have", () => {
    const partition = partitionAs({ replicas: [1, 2], isr: [1, 2] });
    partition.append(records(2), "client", -1);
    expect([partition.endOffset, partition.highWatermark]).toEqual([2, 0]);
    partition.apply(image({ replicas: [1, 2], isr: [1], partitionEpoch: 4 }));
    expect(partition.highWatermark).toBe(2);
  });

  test("refuses acks=all when too few replicas are in sync", () => {
    const partition = partitionAs({ replicas: [1, 2] }, { ...logConfig, minInsyncReplicas: 2 });
    expect(partition.append(records(), "client", -1)).toEqual({ errorCode: errors.NOT_ENOUGH_REPLICAS.code });
    expect(partition.append(records(), "client", 1)).toMatchObject({ baseOffset: 0 });
  });

  test("tells stale clients from clients that know more than this broker (KIP-320)", () => {
    const partition = partitionAs();
    expect(partition.checkLeader(-1)).toBe(errors.NONE.code);
    expect(partition.checkLeader(3)).toBe(errors.NONE.code);
    expect(partition.checkLeader(2)).toBe(errors.FENCED_LEADER_EPOCH.code);
    expect(partition.checkLeader(4)).toBe(errors.UNKNOWN_LEADER_EPOCH.code);
  });

  test("that is led elsewhere takes no records, and who rests on its log is told once", () => {
    const partition = partitionAs();
    const lost: number[] = [];
    partition.onLost((why) => lost.push(why));
    partition.apply(image({ replicas: [1, 2], leader: 2, leaderEpoch: 4 }));
    partition.stop(errors.UNKNOWN_TOPIC_OR_PARTITION.code);
    expect(lost).toEqual([errors.NOT_LEADER_OR_FOLLOWER.code]);
    expect(partition.append(records(), "client", 1)).toEqual({ errorCode: errors.UNKNOWN_TOPIC_OR_PARTITION.code });
  });

  test("stamps records with the epoch under which they were appended", () => {
    const partition = partitionAs();
    partition.append(records(2), "client", -1);
    partition.apply(image({ leaderEpoch: 5 }));
    partition.append(records(1), "client", -1);
    expect(partition.epochEndOffset(3)).toEqual({ epoch: 3, endOffset: 2 });
    expect(partition.epochEndOffset(5)).toEqual({ epoch: 5, endOffset: 3 });
  });
});

test("a replica that has led without a record, and follows again, tells its clients where each epoch began", () => {
  const partition = partitionAs({ replicas: [1, 2], isr: [1, 2], leader: 2 });
  partition.following?.append(Buffer.concat([written(0, 0), written(3, 1)]));
  partition.apply(image({ replicas: [1, 2], isr: [1, 2], leaderEpoch: 4, partitionEpoch: 4 }));
  partition.apply(image({ replicas: [1, 2], isr: [1, 2], leader: 2, leaderEpoch: 5, partitionEpoch: 5 }));
  // The broker that led before got this one in its own epoch, and leads again.
  partition.following?.append(written(3, 2));
  expect(partition.epochEndOffset(0)).toEqual({ epoch: 0, endOffset: 1 });
  expect(partition.epochEndOffset(3)).toEqual({ epoch: 3, endOffset: 3 });
});

describe("a partition whose records are flushed before they count", () => {
  const flushed = { ...logConfig, flushMessages: 1 };

  test("commits what it appends after the sync, and tells who waits", async () => {
    const partition = partitionAs({}, flushed);
    const committed: number[] = [];
    partition.onCommitted((highWatermark) => committed.push(highWatermark));
    partition.append(records(2), "client", -1);
    expect([partition.endOffset, partition.settledOffset, partition.highWatermark]).toEqual([2, 0, 0]);
    await syncs();
    expect([partition.settledOffset, partition.highWatermark]).toEqual([2, 2]);
    expect(committed).toEqual([2]);
  });

  test("syncs once for all that wait", async () => {
    const partition = partitionAs({}, flushed);
    partition.append(records(), "client", -1);
    await syncs();
    const before = syncCount;
    for (let appended = 0; appended < 20; appended++) partition.append(records(), "client", -1);
    await syncs();
    expect(partition.highWatermark).toBe(21);
    // One that was under way after the first append, one for the others.
    expect(syncCount - before).toBeLessThanOrEqual(2);
  });

  test("lets a few records wait when flush.messages allows it", async () => {
    const partition = partitionAs({}, { ...logConfig, flushMessages: 3 });
    partition.append(records(2), "client", -1);
    expect(partition.highWatermark).toBe(2);
    partition.append(records(1), "client", -1);
    expect(partition.highWatermark).toBe(2);
    await syncs();
    expect(partition.highWatermark).toBe(3);
  });

  test("goes offline when the sync fails, and commits nothing", async () => {
    const partition = partitionAs({}, flushed);
    const lost: number[] = [];
    partition.onLost((why) => lost.push(why));
    partition.append(records(), "client", -1);
    syncFails = true;
    await syncs();
    expect(lost).toEqual([errors.KAFKA_STORAGE_ERROR.code]);
    expect(partition.highWatermark).toBe(0);
    expect(partition.append(records(), "client", -1)).toEqual({ errorCode: errors.KAFKA_STORAGE_ERROR.code });
  });
});

test("a partition comes back with its folder, in the part that the metadata gives it by then", async () => {
  const clock = new StillClock();
  store = await openStore(wrappedFiles(files, { open: (path, how) => watched(files.open(path, how)) }), {
    ...{ clock, path: "/other" },
  });
  const partition = partitionAs({}, { ...logConfig, flushMessages: 1 });
  store.watch({ failed: () => {}, back: () => partition.takeBack(), moved: () => {} });
  partition.append(records(2), "client", -1);
  await syncs();
  syncFails = true;
  partition.append(records(), "client", -1);
  await syncs();
  expect([partition.isOffline, partition.leaderEpoch]).toEqual([true, null]);
  partition.apply(image({ leaderEpoch: 4 }));
  expect(partition.checkLeader(-1)).toBe(errors.KAFKA_STORAGE_ERROR.code);
  syncFails = false;
  clock.advance(10_000);
  await syncs();
  expect([partition.isOffline, partition.leaderEpoch]).toEqual([false, 4]);
  const { endOffset } = partition;
  expect(partition.append(records(), "client", -1)).toMatchObject({ baseOffset: endOffset });
  await syncs();
  expect(partition.highWatermark).toBe(endOffset + 1);
  expect(partition.epochEndOffset(3)).toEqual({ epoch: 3, endOffset });
});

test("a partition that finds its log gives it the configuration of the topic", () => {
  partitionAs().append(records(), "client", -1);
  const found = partitionAs({}, { ...logConfig, retentionMs: 5 });
  expect(found.log?.config.retentionMs).toBe(5);
});

describe("transactions in a partition", () => {
  const producer = { producerId: 7, producerEpoch: 0, baseSequence: 0, supportsEpochBump: false };
  const marker = { producerId: 7, producerEpoch: 0, commit: true, coordinatorEpoch: 0, transactionVersion: 1 };

  test("begin with a guard, and end with a marker that is committed like any record", () => {
    const partition = partitionAs();
    const verification = partition.beginVerification(producer);
    if (!(verification instanceof Verification)) throw new Error("nothing is open");
    const committed: number[] = [];
    partition.onCommitted((highWatermark) => committed.push(highWatermark));
    expect(partition.append(transactional(7, 0), "client", -1)).toMatchObject({
      errorCode: errors.INVALID_TXN_STATE.code,
    });
    expect(partition.append(transactional(7, 0), "client", -1, verification)).toMatchObject({ baseOffset: 0 });
    expect([partition.lastStableOffset, partition.hasOngoingTransaction(7)]).toEqual([0, true]);
    expect(partition.beginVerification(producer)).toBe("open");
    expect(partition.appendMarker(marker)).toMatchObject({ baseOffset: 1 });
    expect([partition.lastStableOffset, partition.hasOngoingTransaction(7)]).toEqual([2, false]);
    expect(committed).toEqual([1, 2]);
    expect(partition.abortedTransactions(0, 2)).toEqual([]);
    expect(partition.producersSeen()).toMatchObject([{ producerId: 7, currentTransactionStartOffset: null }]);
  });

  test("need the leader, and enough replicas in sync for the marker", () => {
    const led = partitionAs({ replicas: [1, 2] }, { ...logConfig, minInsyncReplicas: 2 });
    expect(led.appendMarker(marker)).toEqual({ errorCode: errors.NOT_ENOUGH_REPLICAS.code });
    led.apply(image({ replicas: [1, 2], leader: 2, leaderEpoch: 4 }));
    const refusal = { errorCode: errors.NOT_LEADER_OR_FOLLOWER.code };
    expect([led.appendMarker(marker), led.beginVerification(producer)]).toEqual([refusal, refusal]);
  });

  test("are none where nothing was ever written", () => {
    const partition = partitionAs();
    expect([partition.producersSeen(), partition.abortedTransactions(0, 1)]).toEqual([[], []]);
    expect([partition.hasOngoingTransaction(7), partition.lastStableOffset]).toEqual([false, 0]);
  });
});

describe("a full disk", () => {
  const storageError = errors.KAFKA_STORAGE_ERROR.code;
  let isFull: boolean;

  beforeEach(async () => {
    isFull = false;
    const open: typeof files.open = (path, how) => {
      const file = files.open(path, how);
      const write: File["write"] = (parts, at) => {
        if (isFull) throw new FileError("ENOSPC", "/data", "There is no space left");
        file.write(parts, at);
      };
      return wrappedFile(file, { write });
    };
    store = await reopen(wrappedFiles(files, { open }));
  });

  test("refuses records and does not take the partition offline", () => {
    const partition = partitionAs();
    partition.append(records(), "client", -1);
    isFull = true;
    expect(partition.append(records(), "client", -1)).toMatchObject({ errorCode: errors.KAFKA_STORAGE_ERROR.code });
    expect(partition.checkLeader(-1)).toBe(errors.NONE.code);
    expect(partition.read(0, 1_000, "high watermark", true)).toMatchObject({ nextOffset: 1 });
    isFull = false;
    expect(partition.append(records(), "client", -1)).toMatchObject({ baseOffset: 1 });
  });

  test.each([
    ["takes the folder of a leader offline where the others can go on without it", [1, 2, 3], true],
    ["leaves a leader where the others could not go on without it", [1, 2], false],
  ])("%s", async (_, isr, isGivenUp) => {
    const failed: unknown[] = [];
    const partition = partitionAs({ replicas: [1, 2, 3], isr }, { ...logConfig, minInsyncReplicas: 2 });
    store.watch({ failed: (logs) => failed.push(logs), back: () => {}, moved: () => {} });
    partition.append(records(), "client", -1);
    isFull = true;
    expect(partition.append(records(), "client", -1)).toMatchObject({ errorCode: errors.KAFKA_STORAGE_ERROR.code });
    await syncs();
    expect([failed.length > 0, store.folders[0]?.failure !== null]).toEqual([isGivenUp, isGivenUp]);
  });

  test.each([
    ["takes the folder of a follower offline for which nobody has to wait", [1, 2, 3], true],
    ["leaves a follower without which too few would be in sync", [1, 2], false],
    ["leaves a follower that is not in sync: nobody waits for it", [2, 3, 4], false],
  ])("%s", async (_, isr, isGivenUp) => {
    const follower = partitionAs({ replicas: [1, 2, 3, 4], isr, leader: 2 }, { ...logConfig, minInsyncReplicas: 2 });
    expect(follower.following?.append(written(3, 0))).toBe(errors.NONE.code);
    isFull = true;
    expect(follower.following?.append(written(3, 1))).toBe(errors.KAFKA_STORAGE_ERROR.code);
    await syncs();
    expect(store.folders[0]?.failure !== null).toBe(isGivenUp);
  });

  test.each([1, 2])(
    "has no room for a new log either: its folder is given up while broker %i leads",
    async (leader) => {
      const replicas = [1, 2, 3];
      const partition = partitionAs({ replicas, isr: replicas, leader }, { ...logConfig, minInsyncReplicas: 2 });
      isFull = true;
      if (leader === 1) expect(partition.append(records(), "client", -1)).toMatchObject({ errorCode: storageError });
      else expect(partition.following?.append(written(3, 0))).toBe(storageError);
      await syncs();
      expect(store.folders[0]?.failure).not.toBeNull();
    },
  );
});
