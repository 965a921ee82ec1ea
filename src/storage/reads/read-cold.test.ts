import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { Files } from "../../lib/environment.js";
import { errors } from "../../protocol/errors.js";
import type { PartitionLog } from "../partition-log.js";
import {
  append,
  batchOf,
  logConfig,
  memoryFiles,
  NOW_MS,
  openStore,
  reopen,
  topicId,
  wrappedFile,
  wrappedFiles,
} from "../storage.test-data.js";
import type { RecordsRead } from "./read-log.js";

const config = { ...logConfig, segmentBytes: 60_000, indexIntervalBytes: 500 };
let reads: { sync: number; cold: number };
/** Runs before each read through the thread pool. */
let beforeCold: () => void;

beforeEach(() => {
  reads = { sync: 0, cold: 0 };
  beforeCold = () => {};
});

function counted(files: Files): Files {
  return wrappedFiles(files, {
    open: (path, how) => {
      const file = files.open(path, how);
      return wrappedFile(file, {
        read: (into, at) => {
          reads.sync++;
          return file.read(into, at);
        },
        readCold: async (into, at) => {
          reads.cold++;
          await Promise.resolve();
          beforeCold();
          return file.readCold(into, at);
        },
      });
    },
  });
}

/** A log of batches of these sizes, as a start finds it: nothing of it was read yet. */
async function coldLog(valueBytes: readonly number[], warmBytes = 0): Promise<PartitionLog> {
  const files = memoryFiles();
  const store = await openStore(files, { config });
  const log = store.openOrCreate("orders", 0, topicId, config);
  for (const bytes of valueBytes) append(log, batchOf(2, bytes));
  log.setHighWatermark(log.endOffset);
  await store.close({ clean: true });
  const found = (await reopen(counted(files), { config, warmBytes })).get("orders", 0, topicId);
  if (found === null) throw new Error("the log is there");
  reads = { sync: 0, cold: 0 };
  return found;
}

const shown = (read: RecordsRead) => ({ records: Buffer.from(read.records), nextOffset: read.nextOffset });

describe("what may not be in memory", () => {
  test("is waited for: nothing of it is read on the loop", async () => {
    const log = await coldLog(Array.from({ length: 300 }, () => 300));
    const read = log.fetch(120, 10_000, log.endOffset, true);
    expect(read).toBeInstanceOf(Promise);
    expect(await read).toMatchObject({ nextOffset: expect.any(Number) });
    expect(reads.sync).toBe(0);
  });

  test("is in memory once it was read, and then read at once", async () => {
    const log = await coldLog(
      Array.from({ length: 300 }, () => 300),
      2 ** 24,
    );
    const waited = await log.fetch(120, 10_000, log.endOffset, true);
    const again = log.fetch(120, 10_000, log.endOffset, true);
    if (again instanceof Promise || "errorCode" in again || "errorCode" in waited)
      throw new Error("it is read at once");
    expect(shown(again)).toEqual(shown(waited));
  });

  test("is not what was just appended", async () => {
    const store = await openStore(counted(memoryFiles()), { config });
    const log = store.openOrCreate("orders", 0, topicId, config);
    for (let count = 0; count < 200; count++) append(log, batchOf(2, 300));
    for (let from = 0; from < 400; from += 7) expect(log.fetch(from, 5_000, 400, true)).not.toBeInstanceOf(Promise);
    expect(reads.cold).toBe(0);
  });

  test("is the same as what is read at once, whatever is asked for", async () => {
    const cases = fc.record({
      sizes: fc.array(fc.constantFrom(10, 300, 3_000, 20_000), { minLength: 1, maxLength: 60 }),
      from: fc.nat(120),
      maxBytes: fc.constantFrom(0, 1, 100, 1_000, 9_000, 100_000),
      upTo: fc.nat(120),
      minOneBatch: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ sizes, from, maxBytes, upTo, minOneBatch }) => {
        const log = await coldLog(sizes);
        const end = Math.min(upTo, log.endOffset);
        const cold = await log.fetch(from, maxBytes, end, minOneBatch);
        const warm = log.read(from, maxBytes, end, minOneBatch);
        if ("errorCode" in warm || "errorCode" in cold) expect(cold).toEqual(warm);
        else expect(shown(cold)).toEqual(shown(warm));
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  test("may be deleted while it is waited for: the reader learns where the log begins, and the log goes on", async () => {
    const log = await coldLog(Array.from({ length: 300 }, () => 300));
    beforeCold = () => {
      beforeCold = () => {};
      log.configure({ ...config, retentionMs: 1 });
      expect(log.applyRetention(NOW_MS + 100)).toBe(true);
      while (log.retireSegment().length > 0);
    };
    expect(await log.fetch(120, 10_000, log.endOffset, true)).toEqual({ errorCode: errors.OFFSET_OUT_OF_RANGE.code });
    expect(log.failure).toBeNull();
    expect(append(log, batchOf(1))).toMatchObject({ baseOffset: 600 });
  });
});
