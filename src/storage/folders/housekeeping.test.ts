import { expect, test } from "vitest";
import type { Disk } from "../../environments/simulated/disk.js";
import { afterPowerCut } from "../../environments/simulated/power-cut.js";
import { Simulation } from "../../environments/simulated/simulation.js";
import { invariant } from "../../lib/invariant.js";
import { readBatches } from "../../protocol/records/batch.js";
import type { PartitionLog } from "../partition-log.js";
import {
  append,
  batchOf,
  logConfig,
  memoryFiles,
  NOW_MS,
  openSimulatedStore,
  openStore,
  readFrom,
  reopen,
  StillClock,
  topicId,
} from "../storage.test-data.js";
import type { LogStore } from "./log-store.js";

const folder = "/data/orders-0";
const BATCH_BYTES = batchOf(1, 50).length;
/** Three batches to a segment. */
const config = {
  ...logConfig,
  segmentBytes: 3 * BATCH_BYTES,
  retentionMs: 60_000,
  messageTimestampAfterMaxMs: 10 * 86_400_000,
};
const DAY_MS = 86_400_000;

async function storeWith(batches: number, changes: Partial<typeof config> = {}, timestampMs = NOW_MS) {
  const files = memoryFiles();
  const clock = new StillClock();
  const store = await openStore(files, { clock });
  const log = store.openOrCreate("orders", 0, topicId, { ...config, ...changes });
  for (let count = 0; count < batches; count++) append(log, batchOf(1, 50, {}, timestampMs));
  log.setHighWatermark(log.endOffset);
  return { files, clock, store, log };
}

function names(files: { list(path: string): string[] }, ending: string): string[] {
  return files.list(folder).filter((name) => name.endsWith(ending));
}

/** Rounds run off the loop: what they do is done a little later. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
}

test("segments that are too old are renamed at the first round, and removed after file.delete.delay.ms", async () => {
  const { files, clock, log } = await storeWith(10);
  clock.advance(30_000);
  await settled();
  expect(log.logStartOffset).toBe(0);
  clock.advance(300_000);
  await settled();
  expect(log).toMatchObject({ logStartOffset: 10, endOffset: 10, bytes: 0 });
  expect(names(files, ".log")).toEqual(["00000000000000000010.log"]);
  expect(names(files, ".log.deleted")).toHaveLength(4);
  expect(append(log, batchOf(1))).toMatchObject({ baseOffset: 10, logStartOffset: 10 });
  clock.advance(60_000);
  await settled();
  expect(names(files, ".deleted")).toEqual([]);
});

test("a log keeps about retention.bytes, and never less", async () => {
  const { clock, log } = await storeWith(12, { retentionBytes: 7 * BATCH_BYTES }, NOW_MS + DAY_MS);
  clock.advance(30_000);
  await settled();
  expect(log).toMatchObject({ logStartOffset: 3, bytes: 9 * BATCH_BYTES });
});

test("segments below the start that DeleteRecords set are removed, whatever the policy; the one that holds it stays", async () => {
  const { files, clock, log } = await storeWith(12, { cleanupPolicy: { compact: true, delete: false } });
  log.deleteRecordsBefore(7);
  clock.advance(30_000);
  await settled();
  expect(log.logStartOffset).toBe(7);
  expect(names(files, ".log")[0]).toBe("00000000000000000006.log");
  expect(readFrom(log, 7).nextOffset).toBe(9);
});

test("the start of the log is written down before a file goes", async () => {
  const { files, clock, store } = await storeWith(12);
  clock.advance(330_000);
  await settled();
  await store.close({ clean: false });
  const log = (await reopen(files)).get("orders", 0, topicId);
  expect(log).toMatchObject({ logStartOffset: 12, endOffset: 12 });
  expect(names(files, ".deleted")).toEqual([]);
});

test("a closed store does no more work", async () => {
  const { files, clock, store } = await storeWith(12);
  await store.close({ clean: true });
  clock.advance(330_000);
  await settled();
  expect(names(files, ".log")).toHaveLength(4);
});

test("the power goes before any operation of a round: what retention keeps is whole, what it gave up stays away", async () => {
  const simulation = new Simulation(11);
  const images: { readonly disk: Disk; readonly minStart: number }[] = [];
  await simulation.run(
    async () => {
      const host = simulation.host();
      const log = await retainedLog(await openSimulatedStore(host.start(), { config }), simulation);
      await simulation.sleep(320_000);
      const random = simulation.random("images");
      host.disk.watch = ({ kind }) => {
        // The first rename tells that the start is durable.
        const minStart = kind === "rename" && log.bytes < 30 * BATCH_BYTES ? log.logStartOffset : 0;
        for (let image = 0; kind !== "read" && image < 4; image++) {
          const before = images.at(-1)?.minStart ?? 0;
          images.push({ disk: afterPowerCut(host.disk, random), minStart: Math.max(before, minStart) });
        }
        return null;
      };
      await simulation.sleep(20_000);
    },
    { eventsMax: 1e6, virtualMsMax: 1e9 },
  );
  expect(images.length).toBeGreaterThan(50);
  for (const [at, { disk, minStart }] of images.entries()) {
    const other = new Simulation(at);
    await other.run(
      async () => {
        const found = (await openSimulatedStore(other.host().start(disk), { config })).get("orders", 0, topicId);
        invariant(found !== null, "the log is there");
        expect(found.logStartOffset).toBeGreaterThanOrEqual(minStart);
        expect(found.logStartOffset).toBeLessThanOrEqual(24);
        expect(found.endOffset).toBe(30);
        expectWhole(found);
      },
      { eventsMax: 1e6, virtualMsMax: 1e9 },
    );
  }
});

/** Thirty records, all durable; the first 24 will soon be too old. */
async function retainedLog(store: LogStore, simulation: Simulation): Promise<PartitionLog> {
  const wallMs = 1_767_225_600_000;
  const log = store.openOrCreate("orders", 0, topicId, { ...config, fileDeleteDelayMs: 1_000 });
  for (let count = 0; count < 30; count++) {
    const timestampMs = count < 24 ? wallMs : wallMs + 2 * DAY_MS;
    const now = { monotonicMs: simulation.nowMs, wallMs };
    append(log, batchOf(1, 50, {}, timestampMs), 0, now);
  }
  await log.flush();
  log.setHighWatermark(30);
  return log;
}

function expectWhole(log: PartitionLog): void {
  let next = log.logStartOffset;
  while (next < log.endOffset) {
    const read = readFrom(log, next);
    const [batch] = readBatches(read.records).batches;
    expect(batch?.baseOffset).toBe(next);
    next = read.nextOffset;
  }
}

test("records that waited flush.ms are flushed, and only then", async () => {
  const { clock, log } = await storeWith(1, { flushMs: 5_000 });
  // A recovery point stays before the last record.
  clock.advance(30_000);
  await settled();
  expect(log.recoveryPoint).toBe(0);
  append(log, batchOf(1), 0, { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() });
  clock.advance(4_000);
  await settled();
  expect(log.recoveryPoint).toBe(0);
  clock.advance(1_000);
  await settled();
  expect(log.recoveryPoint).toBe(1);
});

test("a log is left alone until its partition brings the configuration of its topic", async () => {
  const { files, store } = await storeWith(12, { retentionMs: -1 });
  await store.close({ clean: true });
  const clock = new StillClock();
  const again = await reopen(files, { clock, config });
  const round = async (ms: number) => {
    clock.advance(ms);
    await settled();
    return again.get("orders", 0, topicId)?.logStartOffset;
  };
  expect([await round(30_000), await round(300_000)]).toEqual([0, 0]);
  again.hold("orders", 0, topicId, { ...config, retentionMs: -1 });
  expect(await round(300_000)).toBe(0);
  again.hold("orders", 0, topicId, config);
  expect(await round(300_000)).toBe(12);
});
