import { describe, expect, test } from "vitest";
import { RecordBatch } from "../../protocol/records/batch.js";
import {
  append,
  batchOf,
  logConfig,
  memoryFiles,
  NOW_MS,
  openStore,
  reopen,
  topicId,
  wrappedFiles,
} from "../storage.test-data.js";
import { Segment } from "./segment.js";

const HOUR_MS = 3_600_000;

describe("segment.jitter.ms", () => {
  const config = { ...logConfig, segmentMs: 10 * HOUR_MS, segmentJitterMs: 2 * HOUR_MS };

  /** How old the first record may grow before the segment is closed, for each of these partitions. */
  function agesMs(count: number, jitter = config): number[] {
    const files = memoryFiles();
    return Array.from({ length: count }, (_, partition) => {
      files.createFolder(`/data/t-${partition}`);
      const segment = Segment.create(files, `/data/t-${partition}`, 0, jitter, NOW_MS);
      segment.noteBatch(new RecordBatch(Buffer.from(batchOf(1)), 0));
      for (let ageMs = 0; ; ageMs += 60_000) {
        const incoming = { bytes: 1, lastOffset: 1, maxTimestampMs: NOW_MS + ageMs };
        if (segment.mustRollBefore(incoming, jitter, NOW_MS)) return ageMs;
      }
    });
  }

  test("parts segments that began together, within its bound", () => {
    const ages = agesMs(50);
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(8 * HOUR_MS);
    expect(Math.max(...ages)).toBeLessThanOrEqual(10 * HOUR_MS + 60_000);
    expect(new Set(ages).size).toBeGreaterThan(20);
  });

  test("of 0 leaves segment.ms as it is", () => {
    expect(new Set(agesMs(5, { ...config, segmentJitterMs: 0 }))).toEqual(new Set([10 * HOUR_MS + 60_000]));
  });
});

describe("after a clean stop", () => {
  const config = { ...logConfig, segmentBytes: 3_000, indexIntervalBytes: 100 };

  async function stoppedLog() {
    const files = memoryFiles();
    const store = await openStore(files, { config });
    const log = store.openOrCreate("t", 0, topicId, config);
    for (let count = 0; count < 60; count++) append(log, batchOf(1, 50, {}, NOW_MS + count));
    log.setHighWatermark(60);
    await store.close({ clean: true });
    return files;
  }

  test("no index is read as a whole until somebody looks for an offset", async () => {
    const files = await stoppedLog();
    const read: string[] = [];
    const watched = wrappedFiles(files, {
      open: (path, how) => {
        if (path.endsWith("index")) read.push(path);
        return files.open(path, how);
      },
    });
    const log = (await reopen(watched, { config })).hold("t", 0, topicId, { ...config, retentionMs: 1_000 });
    expect(log?.endOffset).toBe(60);
    // The end of the log is found behind the last entry of the last segment.
    expect(new Set(read).size).toBe(1);
    read.length = 0;
    expect(log?.applyRetention(NOW_MS + 500)).toBe(false);
    expect(read).toEqual([expect.stringContaining("00000000000000000000.timeindex")]);
  });

  test("a time index that was filled with zeros deletes nothing", async () => {
    const files = await stoppedLog();
    for (const name of files.list("/data/t-0").filter((one) => one.endsWith(".timeindex"))) {
      const file = files.open(`/data/t-0/${name}`, "write");
      file.write([Buffer.alloc(file.bytes + 120)], 0);
    }
    const log = (await reopen(files, { config })).hold("t", 0, topicId, { ...config, retentionMs: 1_000 });
    expect(log?.applyRetention(NOW_MS + 500)).toBe(false);
    expect(log?.logStartOffset).toBe(0);
  });
});
