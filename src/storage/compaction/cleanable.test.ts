import { describe, expect, test } from "vitest";
import { append, NOW_MS } from "../storage.test-data.js";
import { cleanableLog } from "./cleanable.js";
import { batchWith, compactedLog, rollOver, write } from "./compaction.test-data.js";

describe("what is not touched yet", () => {
  test("what is not committed", async () => {
    const log = await compactedLog();
    append(
      log,
      batchWith([
        ["a", "1"],
        ["a", "2"],
      ]),
    );
    append(log, batchWith([["filler", "x".repeat(900)]]));
    await log.flush();
    expect(cleanableLog(log, 0, NOW_MS)).toBeNull();
    log.setHighWatermark(2);
    expect(cleanableLog(log, 0, NOW_MS)).toMatchObject({ endOffset: 2 });
  });

  test("what a power cut could take away", async () => {
    const log = await compactedLog({ flushMs: Number.MAX_SAFE_INTEGER });
    write(log, [
      ["a", "1"],
      ["a", "2"],
    ]);
    write(log, [["filler", "x".repeat(900)]]);
    expect(cleanableLog(log, 0, NOW_MS)).toBeNull();
    await log.flush();
    expect(cleanableLog(log, 0, NOW_MS)).not.toBeNull();
  });

  test("what is younger than min.compaction.lag.ms", async () => {
    const log = await compactedLog({ minCompactionLagMs: 1_000 });
    write(log, [
      ["a", "1"],
      ["a", "2"],
    ]);
    await rollOver(log);
    expect(cleanableLog(log, 0, NOW_MS + 1_000)).toBeNull();
    expect(cleanableLog(log, 0, NOW_MS + 1_001)).toMatchObject({ endOffset: 2 });
  });

  test("what is not dirty enough, until max.compaction.lag.ms has passed", async () => {
    const log = await compactedLog({ minCleanableDirtyRatio: 0.9, maxCompactionLagMs: 1_000 });
    for (let round = 0; round < 40; round++) write(log, [["a", "x".repeat(50)]]);
    await rollOver(log);
    expect(cleanableLog(log, 0, NOW_MS)).toMatchObject({ dirtyRatio: 1, isDue: true });
    expect(cleanableLog(log, 20, NOW_MS)).toMatchObject({ isDue: false });
    expect(cleanableLog(log, 20, NOW_MS + 1_002)).toMatchObject({ isDue: true });
  });
});
