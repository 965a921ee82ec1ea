import { beforeEach, describe, expect, test } from "vitest";
import { type File, FileError } from "../../lib/environment.js";
import type { PartitionImage } from "../../metadata/image.js";
import { errors } from "../../protocol/errors.js";
import { buildBatch } from "../../protocol/records/build-batch.js";
import type { LogStore } from "../../storage/log-store.js";
import {
  logConfig,
  memoryFiles,
  openStore,
  StillClock,
  topicId,
  wrappedFile,
  wrappedFiles,
} from "../../storage/storage.test-data.js";
import { Partition } from "./partition.js";

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
  return {
    replicas: [1],
    isr: [1],
    removingReplicas: [],
    addingReplicas: [],
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    directories: [],
    leader: 1,
    leaderEpoch: 3,
    partitionEpoch: 3,
    leaderRecoveryState: 0,
    ...changes,
  };
}

function partitionAs(changes: Partial<PartitionImage> = {}, config = logConfig): Partition {
  const clock = new StillClock();
  const partition = new Partition({ topic: "t", topicId, index: 0, nodeId, clock, store, config });
  partition.apply(image(changes));
  return partition;
}

function records(count = 1): Uint8Array {
  const record = { timestampMs: 1_700_000_000_000, key: null, value: Buffer.from("v") };
  return buildBatch({ records: Array.from({ length: count }, () => record) });
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

  test("does not commit what another in-sync replica may not have", () => {
    const partition = partitionAs({ replicas: [1, 2], isr: [1, 2] });
    partition.append(records(2), "client", -1);
    expect([partition.endOffset, partition.highWatermark]).toEqual([2, 0]);
    partition.apply(image({ replicas: [1, 2], isr: [1], partitionEpoch: 4 }));
    expect(partition.highWatermark).toBe(2);
  });

  test("refuses acks=all when too few replicas are in sync", () => {
    const partition = partitionAs({}, { ...logConfig, minInsyncReplicas: 2 });
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

test("a partition that finds its log gives it the configuration of the topic", () => {
  partitionAs().append(records(), "client", -1);
  const found = partitionAs({}, { ...logConfig, retentionMs: 5 });
  expect(found.log?.config.retentionMs).toBe(5);
});
