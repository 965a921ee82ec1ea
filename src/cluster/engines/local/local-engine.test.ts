import { describe, expect, test } from "vitest";
import { manualEnvironment, settled } from "../../../../tests/support/manual-environment.js";
import { MemoryFiles } from "../../../environments/memory/memory-files.js";
import { FileError, type Files } from "../../../lib/environment.js";
import { invariant } from "../../../lib/invariant.js";
import { emptyImage } from "../../../metadata/image/empty.js";
import { encodeRecord } from "../../../metadata/records/frame.js";
import { metadataRecord } from "../../../metadata/records/metadata-record.js";
import { snapshotBatches } from "../../../metadata/snapshots/snapshot-batches.js";
import { RecordBatch } from "../../../protocol/records/batch.js";
import { buildBatch } from "../../../protocol/records/build-batch.js";
import { asBuffer } from "../../../protocol/records/int64.js";
import { LogDirectory } from "../../../storage/folders/log-directory.js";
import { wrappedFile, wrappedFiles } from "../../../storage/storage.test-data.js";
import { LocalEngine } from "./local-engine.js";

const me = { brokerId: 1, endpoint: { host: "localhost", port: 9092 } };
const never = new AbortController().signal;

function engineOn(files: Files, endOfTurn = manualEnvironment().endOfTurn) {
  const directory = LogDirectory.open(files, "/data");
  invariant(directory instanceof LogDirectory, "the folder is free");
  let uuids = 0;
  const random = { bytes: (n: number) => new Uint8Array(n), below: () => 0, uuid: () => `uuid-${++uuids}` };
  const environment = { ...manualEnvironment(), endOfTurn, files, random };
  const engine = new LocalEngine({ environment, directory, nodeId: 1 });
  return { engine, directory };
}

async function opened(files: Files = memoryFiles()) {
  const { engine, directory } = engineOn(files);
  const { clusterId } = await engine.open();
  const stop = async () => {
    await engine.close();
    directory.release();
  };
  return { engine, clusterId, files, stop };
}

function memoryFiles(bytesMax = 100_000_000) {
  return new MemoryFiles(() => 0, bytesMax);
}

function noOps(count: number, baseOffset: number, leaderEpoch: number): Uint8Array {
  const value = encodeRecord(metadataRecord("NoOpRecord", {}));
  return buildBatch({ baseOffset, leaderEpoch, records: Array(count).fill({ timestampMs: 0, key: null, value }) });
}

function flipped(bytes: Buffer, at: number): Buffer {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  return bytes;
}

/** The offsets of the batches that a follower is told of; a control batch is marked. */
function following(engine: LocalEngine, from: number, until: AbortSignal = never) {
  const seen: string[] = [];
  const on = (bytes: Uint8Array) => {
    const { baseOffset, lastOffset, isControl } = new RecordBatch(asBuffer(bytes), 0);
    seen.push(`${baseOffset}-${lastOffset}${isControl ? " control" : ""}`);
  };
  return { seen, ended: engine.follow(from, on, until) };
}

describe("the folder", () => {
  test("a new one gets a cluster id and keeps it", async () => {
    const first = await opened();
    await first.stop();
    expect((await opened(first.files)).clusterId).toBe(first.clusterId);
  });

  test("that of another cluster is refused in one sentence", async () => {
    const first = await opened();
    await first.stop();
    const { engine } = engineOn(first.files);
    await expect(engine.open("another")).rejects.toThrow(/belongs to the cluster uuid-1, not to another/);
  });

  test("one whose log has lost its beginning is refused, unless a snapshot has what stood there", async () => {
    const first = await opened();
    await first.stop();
    const segment = (offset: string) => `/data/__cluster_metadata-0/${offset.padStart(20, "0")}.log`;
    first.files.rename(segment("0"), segment("7"));
    await expect(engineOn(first.files).engine.open()).rejects.toThrow(/begins at offset 7, and there is no snapshot/);
  });

  test("holds the files of a quorum of one", async () => {
    const { engine, files } = await opened();
    await engine.campaign(me, never);
    expect(files.list("/data/__cluster_metadata-0")).toEqual(
      expect.arrayContaining([
        "00000000000000000000.log",
        "leader-epoch-checkpoint",
        "partition.metadata",
        "quorum-state",
      ]),
    );
  });
});

describe("a metadata log that has lost what was durable", () => {
  const segment = "/data/__cluster_metadata-0/00000000000000000000.log";

  /** A log of three batches, left behind by a stop or a crash. */
  async function leftBehind(how: "stop" | "crash"): Promise<MemoryFiles> {
    const files = memoryFiles();
    const { engine, directory } = engineOn(files);
    await engine.open();
    const leadership = await engine.campaign(me, never);
    await leadership.append(1, noOps(2, 1, 1));
    await leadership.append(3, noOps(4, 3, 1));
    if (how === "stop") await engine.close();
    directory.release();
    return files;
  }

  function change(files: Files, how: (bytes: Buffer) => Uint8Array): number {
    const file = files.open(segment, "write");
    const before = Buffer.alloc(file.bytes);
    file.read(before, 0);
    const after = how(before);
    file.truncate(0);
    file.write([after], 0);
    return file.bytes;
  }

  test.each([
    ["emptied", 0, () => Buffer.alloc(0)],
    ["other bytes", 0, () => Buffer.alloc(100, 7)],
    ["a byte flipped in the middle", 1, (bytes: Buffer) => flipped(bytes, Math.floor(bytes.length / 2))],
    ["its last byte gone", 3, (bytes: Buffer) => bytes.subarray(0, -1)],
  ])("is refused after a stop, and left as it is: %s", async (_, soundEnd, how) => {
    const files = await leftBehind("stop");
    const bytes = change(files, how);
    const sentence = `damaged: it was written up to offset 7, and is sound up to ${soundEnd} only`;
    for (let start = 1; start <= 2; start++) {
      const { engine, directory } = engineOn(files);
      await expect(engine.open()).rejects.toThrow(sentence);
      directory.release();
    }
    expect(files.stat(segment)?.bytes).toBe(bytes);
  });

  test("is cut after a crash, but not below what a snapshot holds", async () => {
    const torn = await leftBehind("crash");
    change(torn, (bytes) => bytes.subarray(0, -1));
    const { engine, directory } = engineOn(torn);
    expect((await engine.open()).committedOffset).toBe(3);
    const leadership = await engine.campaign(me, never);
    await leadership.saveSnapshot(3, 1, snapshotBatches({ ...emptyImage, endOffset: 3, epoch: 1 }, 0));
    directory.release();
    change(torn, (bytes) => flipped(bytes, 100));
    await expect(engineOn(torn).engine.open()).rejects.toThrow("written up to offset 3, and is sound up to 1 only");
  });

  test("is refused when nothing tells whose it is, unless the cluster is named", async () => {
    const files = await leftBehind("stop");
    files.remove("/data/meta.properties");
    const { engine, directory } = engineOn(files);
    await expect(engine.open()).rejects.toThrow("/data holds a metadata log, but no meta.properties");
    expect(files.stat("/data/meta.properties")).toBeNull();
    directory.release();
    expect((await engineOn(files).engine.open("named")).clusterId).toBe("named");
  });
});

describe("leading", () => {
  test("each leader has a higher epoch, also after a restart, and begins it with a control record", async () => {
    const first = await opened();
    const one = await first.engine.campaign(me, never);
    expect([one.epoch, one.next]).toEqual([1, 1]);
    expect(await one.append(1, noOps(2, 1, 1))).toBe("committed");
    await one.resign();
    const two = await first.engine.campaign(me, never);
    expect([two.epoch, two.next]).toEqual([2, 4]);
    await first.stop();
    const second = await opened(first.files);
    const three = await second.engine.campaign(me, never);
    expect([three.epoch, three.next]).toEqual([3, 5]);
    const { seen } = following(second.engine, 0);
    await settled();
    expect(seen).toEqual(["0-0 control", "1-2", "3-3 control", "4-4 control"]);
  });

  test("the second candidate waits for the first to resign, which is fenced from then on", async () => {
    const { engine } = await opened();
    const first = await engine.campaign(me, never);
    let second: { epoch: number } | null = null;
    void engine.campaign({ ...me, brokerId: 2 }, never).then((leadership) => {
      second = leadership;
    });
    await settled();
    expect(second).toBeNull();
    await first.resign();
    await settled();
    expect(second).toMatchObject({ epoch: 2 });
    expect(first.lost.aborted).toBe(true);
    expect(await first.append(2, noOps(1, 2, 1))).toBe("fenced");
  });

  test("who campaigns again gives up what it led", async () => {
    const { engine } = await opened();
    const first = await engine.campaign(me, never);
    const second = await engine.campaign(me, never);
    expect([first.lost.aborted, second.lost.aborted, second.epoch]).toEqual([true, false, 2]);
  });

  test("a candidate that gives up leaves the others their turn", async () => {
    const { engine } = await opened();
    const first = await engine.campaign(me, never);
    const ending = new AbortController();
    const second = engine.campaign({ ...me, brokerId: 2 }, ending.signal);
    const third = engine.campaign({ ...me, brokerId: 3 }, never);
    ending.abort();
    await expect(second).rejects.toThrow("given up");
    await first.resign();
    expect((await third).epoch).toBe(2);
  });

  test("everybody hears who leads", async () => {
    const { engine } = await opened();
    const heard: unknown[] = [];
    engine.watchLeader((leader) => heard.push(leader?.epoch ?? null), never);
    const leadership = await engine.campaign(me, never);
    await leadership.resign();
    expect(heard).toEqual([null, 1, null]);
  });

  test("a disk that fails rejects the append; nobody is shown the batch", async () => {
    const { engine } = await opened(memoryFiles(50_000));
    const leadership = await engine.campaign(me, never);
    const { seen } = following(engine, 1);
    await expect(leadership.append(1, noOps(10_000, 1, 1))).rejects.toMatchObject({ code: "ENOSPC" });
    expect(seen).toEqual([]);
  });
});

test("a disk that works again has a leader again, and what was refused stays away", async () => {
  const files = memoryFiles();
  let fails = false;
  const open: Files["open"] = (path, how) => {
    const file = files.open(path, how);
    const sync = async () => {
      if (fails && path.endsWith(".log")) throw new FileError("EIO", path, "the disk failed");
    };
    return wrappedFile(file, { sync });
  };
  const { engine } = await opened(wrappedFiles(files, { open }));
  const leadership = await engine.campaign(me, never);
  await leadership.append(1, noOps(2, 1, 1));
  const { seen } = following(engine, 1);
  fails = true;
  await expect(leadership.append(3, noOps(5, 3, 1))).rejects.toMatchObject({ code: "EIO" });
  await expect(engine.campaign(me, never)).rejects.toMatchObject({ code: "EIO" });
  fails = false;
  const next = await engine.campaign(me, never);
  expect(next.next).toBe(4);
  await next.append(4, noOps(1, 4, next.epoch));
  expect(seen).toEqual(["1-2", "3-3 control", "4-4"]);
});

test("a leader that resigns while it appends is done with before the next one begins", async () => {
  const files = memoryFiles();
  const held: (() => void)[] = [];
  let isSlow = false;
  const open: Files["open"] = (path, how) => {
    const file = files.open(path, how);
    const sync = async () => {
      if (!isSlow || !path.endsWith(".log")) return;
      isSlow = false;
      await new Promise<void>((resolve) => held.push(resolve));
    };
    return wrappedFile(file, { sync });
  };
  const { engine } = await opened(wrappedFiles(files, { open }));
  const first = await engine.campaign(me, never);
  const { seen } = following(engine, 1);
  isSlow = true;
  const appended = first.append(1, noOps(2, 1, 1));
  await first.resign();
  const second = engine.campaign({ ...me, brokerId: 2 }, never);
  await settled();
  for (const letGo of held) letGo();
  expect(await appended).toBe("committed");
  expect((await second).next).toBe(4);
  expect(seen).toEqual(["1-2", "3-3 control"]);
});

describe("following", () => {
  test("begins where it is asked to, catches up, and is told of each commit before its writer", async () => {
    const { engine } = await opened();
    const leadership = await engine.campaign(me, never);
    await leadership.append(1, noOps(3, 1, 1));
    const { seen } = following(engine, 1);
    await settled();
    expect(seen).toEqual(["1-3"]);
    const append = leadership.append(4, noOps(1, 4, 1)).then(() => seen.push("written"));
    await append;
    expect(seen).toEqual(["1-3", "4-4", "written"]);
  });

  test("takes over a large batch in a turn of its own, and its writer hears of it behind all", async () => {
    const turns: (() => void)[] = [];
    const { engine } = engineOn(memoryFiles(), (run) => void turns.push(run));
    await engine.open();
    const leadership = await engine.campaign(me, never);
    const [one, other] = [following(engine, leadership.next), following(engine, leadership.next)];
    const told: string[] = [];
    void leadership.append(1, noOps(10_000, 1, 1)).then((outcome) => told.push(outcome));
    for (const so of [
      [0, 0, 0],
      [1, 0, 0],
      [1, 1, 1],
    ]) {
      await settled();
      expect([one.seen.length, other.seen.length, told.length]).toEqual(so);
      for (const run of turns.splice(0)) run();
    }
  });

  test("ends with its signal, and with the engine", async () => {
    const { engine, stop } = await opened();
    const leadership = await engine.campaign(me, never);
    const ending = new AbortController();
    const one = following(engine, 0, ending.signal);
    const other = following(engine, 0);
    await settled();
    ending.abort();
    expect(await one.ended).toBe("aborted");
    await leadership.append(1, noOps(1, 1, 1));
    expect(one.seen).toEqual(["0-0 control"]);
    expect(other.seen).toEqual(["0-0 control", "1-1"]);
    await stop();
    expect(await other.ended).toBe("aborted");
  });
});
