import { describe, expect, test } from "vitest";
import { memoryFiles } from "../storage.test-data.js";
import { batchesOf, compactedLog, compactNow, recordsOf, rollOver, tableOf, write } from "./compaction.test-data.js";

const folder = "/data/orders-0";

describe("while a compaction runs", () => {
  test("appends and reads go on", async () => {
    const log = await compactedLog();
    for (let round = 0; round < 30; round++) write(log, [[`k${round % 3}`, `${round}`]]);
    await rollOver(log);
    const running = compactNow(log);
    for (let round = 30; round < 60; round++) {
      write(log, [[`k${round % 3}`, `${round}`]]);
      expect(tableOf(log).size).toBe(3);
      await Promise.resolve();
    }
    await running;
    expect(tableOf(log)).toEqual(
      new Map([
        ["k0", "57"],
        ["k1", "58"],
        ["k2", "59"],
      ]),
    );
  });

  test("a batch goes for a later one of its producer only once that is durable", async () => {
    const log = await compactedLog({ flushMessages: 1 });
    const producer = (baseSequence: number) => ({ producer: { id: 9, epoch: 0, baseSequence } });
    write(log, [["a", "1"]], producer(0));
    write(log, [["a", "2"]]);
    await rollOver(log);
    write(log, [["b", "3"]], producer(1));
    expect(log.settledOffset).toBeLessThan(log.endOffset);
    await compactNow(log);
    expect(log.settledOffset).toBe(log.endOffset);
    expect(batchesOf(log).filter(({ producerId }) => producerId === 9)).toHaveLength(1);
  });

  test("it is given up when the log is cut, and leaves nothing behind", async () => {
    const files = memoryFiles();
    const log = await compactedLog({}, files);
    for (let round = 0; round < 30; round++) write(log, [["a", `${round}`]]);
    await rollOver(log);
    const running = compactNow(log);
    log.truncateTo(20, () => true);
    expect(await running).toBe("stopped");
    expect(recordsOf(log)).toHaveLength(20);
    expect(files.list(folder).filter((name) => /cleaned|swap/.test(name))).toEqual([]);
  });

  test("it is given up when a segment of it is deleted", async () => {
    const log = await compactedLog();
    for (let round = 0; round < 30; round++) write(log, [["a", `${round}`]]);
    await rollOver(log);
    const running = compactNow(log);
    log.deleteRecordsBefore(25);
    while (log.retireSegment().length > 0);
    expect(await running).toBe("stopped");
    expect(
      recordsOf(log)
        .map(({ value }) => value)
        .slice(0, 5),
    ).toEqual(["25", "26", "27", "28", "29"]);
  });

  test("it is given up when the log is closed", async () => {
    const log = await compactedLog();
    for (let round = 0; round < 30; round++) write(log, [["a", `${round}`]]);
    await rollOver(log);
    const running = compactNow(log);
    log.release();
    expect(await running).toBe("stopped");
  });
});

test("a damaged batch is not made to look sound: the log stays as it is", async () => {
  const files = memoryFiles();
  const log = await compactedLog({}, files);
  write(log, [
    ["a", "1"],
    ["a", "2"],
  ]);
  await rollOver(log);
  const file = files.open(`${folder}/00000000000000000000.log`, "write");
  file.write([Buffer.from([0xff])], 70);
  expect(await compactNow(log)).toBe("damaged");
  expect(log.failure).toBeNull();
});
