import { describe, expect, test } from "vitest";
import type { MemoryFiles } from "../../environments/memory/memory-files.js";
import { TransactionalProducer } from "../compaction/compaction.test-data.js";
import { writeSnapshot } from "../producers/producer-snapshot.js";
import { ProducerState } from "../producers/producer-state.js";
import { append, batchOf, logConfig, memoryFiles, openStore, topicId } from "../storage.test-data.js";
import { change, firstSegment, folder, verified } from "./inspection.test-data.js";

const index = firstSegment.replace(".log", ".txnindex");
const FIRST_OFFSET = 10;
const LAST_OFFSET = 18;
const ENTRY_BYTES = 34;

/** Two transactions that are aborted, at 0 and 3, and one that is committed; behind them a segment with another. */
async function closedLog(): Promise<MemoryFiles> {
  const files = memoryFiles();
  const store = await openStore(files);
  const log = store.openOrCreate("orders", 0, topicId, { ...logConfig, segmentBytes: 1000 });
  const [one, other] = [new TransactionalProducer(1), new TransactionalProducer(2)];
  one.write(log, [["a", "aborted"]]);
  other.write(log, [["a", "committed"]]);
  one.end(log, "abort");
  one.write(log, [["b", "aborted"]]);
  other.end(log, "commit");
  one.end(log, "abort");
  // An end of nothing needs no entry.
  other.end(log, "abort");
  append(log, batchOf(1, 900));
  other.write(log, [["c", "x".repeat(900)]]);
  other.end(log, "abort");
  log.setHighWatermark(log.endOffset);
  await store.close({ clean: true });
  return files;
}

describe("the transaction indexes", () => {
  test("of a log that the broker wrote have no findings", async () => {
    const files = await closedLog();
    expect(files.stat(index)?.bytes).toBe(2 * ENTRY_BYTES);
    expect(verified(files)).toEqual([]);
  });

  test("an entry of which no marker is there, and one that is missing", async () => {
    const files = await closedLog();
    change(files, index, (bytes) => {
      bytes.writeBigInt64BE(1n, LAST_OFFSET);
      return bytes;
    });
    expect(verified(files)).toEqual([
      "damage 00000000000000000000.txnindex 0 1 has an entry of producer 1, of which no marker aborts a transaction there",
      "damage 00000000000000000000.txnindex - 2 lacks the transaction of producer 1 that the marker at offset 2 aborts",
    ]);
  });

  test("entries that do not follow one another, and half an entry", async () => {
    const files = await closedLog();
    change(files, index, (bytes) => {
      bytes.writeBigInt64BE(9n, FIRST_OFFSET);
      return Buffer.concat([bytes, Buffer.from([1])]);
    });
    expect(verified(files)).toEqual([
      "damage 00000000000000000000.txnindex - - ends in the middle of an entry",
      "damage 00000000000000000000.txnindex 0 2 has an entry for offsets 9 to 2, though the marker before it is at -1",
      "damage 00000000000000000000.txnindex - 2 lacks the transaction of producer 1 that the marker at offset 2 aborts",
    ]);
  });

  test("that of the last segment may be missing after a crash, which is remarked", async () => {
    const files = await closedLog();
    const last = files.list(folder).filter((name) => name.endsWith(".txnindex"))[1];
    files.remove(`${folder}/${last}`);
    expect(verified(files)).toEqual([
      expect.stringMatching(
        `^remark ${last} - - lacks the transaction of producer 2 that .* aborts; the broker finds it again`,
      ),
    ]);
  });

  test("say nothing of a segment that is damaged", async () => {
    const files = await closedLog();
    files.remove(index);
    change(files, firstSegment, (bytes) => {
      bytes[70] = 0x55;
      return bytes;
    });
    expect(verified(files).filter((line) => line.includes("txnindex"))).toEqual([]);
  });
});

test("a snapshot cannot know of a transaction that begins behind it", async () => {
  const files = await closedLog();
  const producers = new ProducerState();
  producers.restore(7, { epoch: 0, lastTimestampMs: 0, coordinatorEpoch: 0, batches: [] });
  producers.transactions.begin(7, 5);
  writeSnapshot(files, folder, 4, producers, new Set([4]));
  expect(verified(files)).toContain(
    "damage 00000000000000000004.snapshot - 5 says that producer 7 began a transaction at offset 5, which lies behind the snapshot",
  );
});
