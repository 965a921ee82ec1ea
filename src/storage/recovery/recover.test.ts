import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MemoryFiles } from "../../environments/memory/memory-files.js";
import { readBatches } from "../../protocol/records/batch.js";
import { LENGTH, MAGIC, PARTITION_LEADER_EPOCH } from "../../protocol/records/layout.js";
import type { PartitionLog } from "../partition-log.js";
import {
  append,
  batchOf,
  logConfig,
  memoryFiles,
  NOW_MS,
  openStore,
  readFrom,
  reopen,
  topicId,
} from "../storage.test-data.js";

const config = { ...logConfig, segmentBytes: 2_000, indexIntervalBytes: 200 };
const folder = "/data/orders-0";
const BATCH_BYTES = batchOf(2, 50).length;

async function crashedAfter(batches: number): Promise<MemoryFiles> {
  const files = memoryFiles();
  const store = await openStore(files, { config });
  const log = store.openOrCreate("orders", 0, topicId, config);
  for (let count = 0; count < batches; count++) {
    append(log, batchOf(2, 50, { producer: { id: 3, epoch: 0, baseSequence: 2 * count } }, NOW_MS + count), count >> 3);
  }
  // Nobody writes any more when the next one begins.
  await log.flush();
  await store.close({ clean: false });
  return files;
}

async function recovered(files: MemoryFiles): Promise<PartitionLog> {
  const log = (await reopen(files, { config })).get("orders", 0, topicId);
  if (log === null) throw new Error("the log is there");
  return log;
}

function logFiles(files: MemoryFiles): string[] {
  return files.list(folder).filter((name) => name.endsWith(".log"));
}

describe("after an unclean stop", () => {
  test("all that was written is there, with its epochs and producers", async () => {
    const log = await recovered(await crashedAfter(50));
    expect(log).toMatchObject({ endOffset: 100, latestLeaderEpoch: 6 });
    expect(log.epochEndOffset(2)).toEqual({ epoch: 2, endOffset: 48 });
    expect(append(log, batchOf(2, 50, { producer: { id: 3, epoch: 0, baseSequence: 98 } }))).toMatchObject({
      baseOffset: 98,
    });
    expect(append(log, batchOf(2, 50, { producer: { id: 3, epoch: 0, baseSequence: 100 } }))).toMatchObject({
      baseOffset: 100,
    });
    expect(await log.offsetForTimestamp(NOW_MS + 30)).toMatchObject({ offset: 60 });
  });

  test("what is recovered counts as durable only once it was synced", async () => {
    const log = await recovered(await crashedAfter(50));
    expect([log.recoveryPoint, log.settledOffset]).toEqual([99, 100]);
  });

  test("a tail torn anywhere is cut behind the last whole batch", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.nat(), async (batches, cut) => {
        const files = await crashedAfter(batches);
        const last = logFiles(files).at(-1) ?? "";
        const file = files.open(`${folder}/${last}`, "write");
        const kept = cut % (file.bytes + 1);
        const lost = Math.ceil((file.bytes - kept) / BATCH_BYTES);
        file.truncate(kept);
        expect((await recovered(files)).endOffset).toBe(2 * (batches - lost));
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  test("damage anywhere ends the log there, and what follows is lost; a second recovery changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (which, at, flip) => {
        const files = await crashedAfter(40);
        const names = logFiles(files);
        const file = files.open(`${folder}/${names[which % names.length]}`, "write");
        const byte = Buffer.alloc(1);
        const position = at % file.bytes;
        // Base offset and leader epoch lie outside the CRC: there only what contradicts the neighbours is seen.
        const inBatch = position % BATCH_BYTES;
        fc.pre((inBatch >= LENGTH && inBatch < PARTITION_LEADER_EPOCH) || inBatch >= MAGIC);
        file.read(byte, position);
        file.write([Buffer.from([byte.readUInt8(0) ^ flip])], position);
        const log = await recovered(files);
        expectSound(log);
        const { endOffset } = log;
        expect((await recovered(files)).endOffset).toBe(endOffset);
        expect(append(log, batchOf(1, 10), 90)).toMatchObject({ baseOffset: endOffset });
      }),
      { seed: 5, numRuns: 100 },
    );
  });

  test("zeros at the end, as a power cut leaves them, are cut off", async () => {
    const files = await crashedAfter(3);
    const file = files.open(`${folder}/${logFiles(files).at(-1)}`, "write");
    file.truncate(file.bytes + 5_000);
    expect(await recovered(files)).toMatchObject({ endOffset: 6 });
  });

  test("segments below the recovery point are not looked at", async () => {
    const files = memoryFiles();
    const store = await openStore(files, { config });
    const log = store.openOrCreate("orders", 0, topicId, config);
    for (let count = 0; count < 40; count++) append(log, batchOf(2, 50));
    await store.close({ clean: true });
    files.remove("/data/.kafka_cleanshutdown");
    const damaged = files.open(`${folder}/${logFiles(files)[0]}`, "write");
    damaged.write([Buffer.from([0xff])], 100);
    expect((await recovered(files)).endOffset).toBe(80);
  });
});

test("where epochs began is known after a start as far back as there are records, and told from where the log begins", async () => {
  const files = memoryFiles();
  const store = await openStore(files, { config });
  const log = store.openOrCreate("orders", 0, topicId, config);
  for (const epoch of [0, 1, 2]) append(log, batchOf(2, 50), epoch);
  log.setHighWatermark(6);
  log.deleteRecordsBefore(3);
  await store.close({ clean: true });
  const again = await recovered(files);
  expect([again.logStartOffset, again.keptEpochEndOffset(0).endOffset, again.epochEndOffset(0).endOffset]).toEqual([
    3, 2, 3,
  ]);
});

/** Every batch is whole and each offset is there once. */
function expectSound(log: PartitionLog): void {
  let next = 0;
  while (next < log.endOffset) {
    const read = readFrom(log, next);
    for (const batch of readBatches(read.records).batches) {
      expect(batch.hasValidCrc()).toBe(true);
      expect(batch.baseOffset).toBe(next);
      next = batch.lastOffset + 1;
    }
  }
}
