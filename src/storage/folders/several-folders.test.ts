import { describe, expect, test } from "vitest";
import { afterPowerCut } from "../../environments/simulated/power-cut.js";
import { Simulation } from "../../environments/simulated/simulation.js";
import { FileError } from "../../lib/environment.js";
import { errors } from "../../protocol/errors.js";
import type { PartitionLog } from "../partition-log.js";
import { append, batchOf, logConfig, readFrom, StillClock, topicId } from "../storage.test-data.js";
import type { LogStore } from "./log-store.js";
import { FailingDisks, openFolders, RETRY_MS, settled } from "./several-folders.test-data.js";

const limits = { eventsMax: 1e6, virtualMsMax: 1e7 };
const storageError = { errorCode: errors.KAFKA_STORAGE_ERROR.code };

function create(store: LogStore, partition: number): PartitionLog {
  return store.openOrCreate("t", partition, topicId, logConfig);
}

function logsIn(store: LogStore): string[][] {
  return store.folders.map(({ logs }) => (logs?.logs ?? []).map(({ topic, partition }) => `${topic}-${partition}`));
}

/** Two folders with two logs each, one record in every one. */
async function twoFolders() {
  const disks = new FailingDisks();
  const opened = await openFolders(disks.files, ["/a", "/b"], { clock: new StillClock() });
  const failed: PartitionLog[] = [];
  let back = 0;
  opened.store.watch({ failed: (logs) => failed.push(...logs), back: () => back++, moved: () => {} });
  for (const partition of [0, 1, 2, 3]) append(create(opened.store, partition), batchOf(1));
  const nextTry = async () => {
    opened.clock.advance(RETRY_MS);
    await settled();
  };
  return { ...opened, disks, failed, nextTry, timesBack: () => back };
}

describe("new logs", () => {
  test("come where the fewest are", async () => {
    const { store } = await twoFolders();
    expect(logsIn(store)).toEqual([
      ["t-0", "t-2"],
      ["t-1", "t-3"],
    ]);
  });

  test("of which nothing is written yet have their place already, and keep it", async () => {
    const { store } = await twoFolders();
    const places = [4, 5, 6].map((partition) => store.placeOf("t", partition, topicId)?.path);
    expect(places).toEqual(["/a", "/b", "/a"]);
    create(store, 6);
    expect(logsIn(store)[0]).toContain("t-6");
    expect(store.placeOf("t", 5, topicId)?.path).toBe("/b");
  });

  test("do not come into a folder that has failed", async () => {
    const { store, disks } = await twoFolders();
    disks.failing.set("/a", "EIO");
    append(create(store, 0), batchOf(1));
    await settled();
    for (const partition of [4, 5]) create(store, partition);
    expect(logsIn(store)).toEqual([[], ["t-1", "t-3", "t-4", "t-5"]]);
  });
});

describe("a folder whose disk fails", () => {
  test("takes all its logs offline at once, those that nobody uses too, while the others serve", async () => {
    const { store, disks, failed, lines } = await twoFolders();
    const [one, idle, other] = [create(store, 0), create(store, 2), create(store, 1)];
    disks.failing.set("/a", "EIO");
    expect(append(one, batchOf(1))).toMatchObject(storageError);
    await settled();
    expect(failed).toEqual([one, idle]);
    expect(idle.read(0, 1_000, 1, true)).toMatchObject(storageError);
    expect(append(other, batchOf(1))).toMatchObject({ baseOffset: 1 });
    expect(store.folders.map(({ failure }) => failure?.code ?? null)).toEqual(["EIO", null]);
    expect(lines.filter((line) => line.includes("a data folder has failed"))).toHaveLength(1);
  });

  test.each([
    ["a checkpoint that cannot be written", (clock: { advance(ms: number): void }) => clock.advance(60_000)],
    ["the flush of old records", async (_: unknown, store: LogStore) => void (await create(store, 2).flush())],
  ])("is noticed by %s", async (_, notice) => {
    const { store, disks, failed, clock } = await twoFolders();
    disks.failing.set("/a", "EROFS");
    await notice(clock, store);
    await settled();
    expect(failed.map(({ partition }) => partition)).toEqual([0, 2]);
  });

  test("is another thing than a full disk, which may have room again", async () => {
    const { store, disks, failed, clock } = await twoFolders();
    disks.failing.set("/a/t-0", "ENOSPC");
    disks.failing.set("/a/recovery-point-offset-checkpoint", "ENOSPC");
    expect(append(create(store, 0), batchOf(1))).toMatchObject(storageError);
    clock.advance(60_000);
    await settled();
    expect(failed).toEqual([]);
    disks.failing.clear();
    expect(append(create(store, 0), batchOf(1))).toMatchObject({ baseOffset: 1 });
  });

  test("is tried again, and its logs come back with their records", async () => {
    const { store, disks, nextTry, timesBack, lines } = await twoFolders();
    disks.failing.set("/a", "EIO");
    append(create(store, 0), batchOf(1));
    await nextTry();
    expect([timesBack(), store.isOutOfReach("t", 0, topicId)]).toEqual([0, true]);
    disks.failing.clear();
    await nextTry();
    expect([timesBack(), store.isOutOfReach("t", 0, topicId)]).toEqual([1, false]);
    const log = create(store, 0);
    expect(readFrom(log, 0).nextOffset).toBe(1);
    expect(append(log, batchOf(1))).toMatchObject({ baseOffset: 1 });
    expect(lines.some((line) => line.includes("works again"))).toBe(true);
    expect(await store.close({ clean: true })).toBe(errors.NONE.code);
  });

  test("comes back only with the disk that it had", async () => {
    const { store, disks, nextTry, timesBack } = await twoFolders();
    disks.failing.set("/a", "EIO");
    append(create(store, 0), batchOf(1));
    await settled();
    // The disk is gone, and its place in the tree is empty.
    disks.failing.clear();
    disks.disk.rename("/a", "/elsewhere");
    await nextTry();
    disks.disk.createFolder("/a");
    await nextTry();
    expect([timesBack(), store.folders[0]?.failure?.code]).toEqual([0, "ENODEV"]);
    disks.disk.remove("/a");
    disks.disk.rename("/elsewhere", "/a");
    await nextTry();
    expect(timesBack()).toBe(1);
  });

  test("may fail again while its logs are checked", async () => {
    const { store, disks, nextTry, timesBack } = await twoFolders();
    disks.failing.set("/a", "EIO");
    append(create(store, 0), batchOf(1));
    await settled();
    disks.failing.clear();
    disks.failing.set("/a/t-2", "EIO");
    await nextTry();
    expect(timesBack()).toBe(0);
    disks.failing.clear();
    await nextTry();
    expect(timesBack()).toBe(1);
    expect(store.logs).toHaveLength(4);
  });

  test("does not bring back what was deleted meanwhile", async () => {
    const { store, disks, nextTry } = await twoFolders();
    disks.failing.set("/a", "EIO");
    append(create(store, 0), batchOf(1));
    await settled();
    store.delete("t", 0);
    expect(store.isOutOfReach("t", 0, topicId)).toBe(false);
    disks.failing.clear();
    await nextTry();
    store.setAsideStrays(({ partition }) => partition !== 0);
    expect(logsIn(store)).toEqual([["t-2"], ["t-1", "t-3"]]);
    expect(disks.disk.list("/a").filter((name) => name.endsWith("-stray"))).toHaveLength(1);
  });
});

test("after a failed sync, what the system no longer means to write is written again", async () => {
  const simulation = new Simulation(7);
  const host = simulation.host();
  const environment = host.start();
  await simulation.run(async () => {
    const { store } = await openFolders(environment.files, ["/data"], environment);
    const log = store.openOrCreate("t", 0, topicId, logConfig);
    await log.flush();
    const now = { monotonicMs: simulation.nowMs, wallMs: environment.clock.wallMs() };
    append(log, batchOf(3, 10, {}, now.wallMs), 0, now);
    host.disk.watch = ({ kind, path }) => (kind === "sync" && path.endsWith(".log") ? "EIO" : null);
    expect(await log.flush()).toBe(errors.KAFKA_STORAGE_ERROR.code);
    host.disk.watch = () => null;
    await simulation.sleep(2 * RETRY_MS);
    expect(store.get("t", 0, topicId)).toMatchObject({ endOffset: 3 });
    const afterCut = simulation.host().start(afterPowerCut(host.disk, simulation.random("cut")));
    const again = await openFolders(afterCut.files, ["/data"], afterCut);
    expect(again.store.get("t", 0, topicId)?.endOffset).toBe(3);
  }, limits);
});

describe("at the start", () => {
  test("a folder that cannot be used is a failed one, as long as another works", async () => {
    const { store, disks, clock } = await twoFolders();
    await store.close({ clean: true });
    disks.failing.set("/a", "EACCES");
    const again = await openFolders(disks.files, ["/a", "/b"], { clock });
    expect(logsIn(again.store)).toEqual([[], ["t-1", "t-3"]]);
    expect(again.lines.filter((line) => line.includes("a data folder cannot be used"))).toHaveLength(1);
    // Nobody knows what lies in it.
    expect([0, 1, 9].map((partition) => again.store.isOutOfReach("t", partition, topicId))).toEqual([
      true,
      false,
      true,
    ]);
    disks.failing.clear();
    clock.advance(RETRY_MS);
    await settled();
    expect(logsIn(again.store)).toEqual([
      ["t-0", "t-2"],
      ["t-1", "t-3"],
    ]);
  });

  test("nothing is served when all fail", async () => {
    const { store, disks, clock } = await twoFolders();
    await store.close({ clean: true });
    disks.failing.set("/a", "EIO").set("/b", "EIO");
    await expect(openFolders(disks.files, ["/a", "/b"], { clock })).rejects.toBeInstanceOf(FileError);
  });
});
