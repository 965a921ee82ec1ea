import { expect, test } from "vitest";
import { readBatches } from "../../protocol/records/batch.js";
import { fetchRecords } from "../reads/fetch-records.js";
import { append, NOW_MS } from "../storage.test-data.js";
import { batchesOf, batchWith, compactedLog, compactNow, recordsOf, rollOver, write } from "./compaction.test-data.js";

test("a reader finds the same from any offset that is gone", async () => {
  const log = await compactedLog();
  for (let round = 0; round < 20; round++)
    write(log, [
      ["a", `${round}`],
      [`b${round % 3}`, `${round}`],
    ]);
  await rollOver(log);
  await compactNow(log);
  const all = recordsOf(log);
  for (let from = 0; from < log.endOffset; from++) {
    expect(recordsOf(log, from)).toEqual(all.filter(({ offset }) => offset >= from));
  }
});

test("a fetch passes over batches that hold no record any more, up to the end of the log", async () => {
  const log = await compactedLog();
  for (let round = 0; round < 30; round++) write(log, [["a", `${round}`.padEnd(300)]]);
  await rollOver(log);
  await compactNow(log);
  expect(batchesOf(log)[0]).toMatchObject({ recordsCount: 0 });
  const fetched = await fetchRecords(log, { from: 0, maxBytes: 100, upTo: log.endOffset, minOneBatch: true });
  if ("errorCode" in fetched) throw new Error(`error ${fetched.errorCode}`);
  expect(readBatches(Buffer.from(fetched.records)).batches[0]?.baseOffset).toBe(29);
  const end = await fetchRecords(log, { from: 0, maxBytes: 100, upTo: 28, minOneBatch: true });
  expect(end).toMatchObject({ nextOffset: 28 });
});

test("look-ups by time find records, not the times of records that are gone", async () => {
  const log = await compactedLog();
  append(log, batchWith([["a", "1"]], { producer: { id: 9, epoch: 0, baseSequence: 0 } }, NOW_MS + 900));
  append(log, batchWith([["a", "2"]], {}, NOW_MS + 500));
  log.setHighWatermark(log.endOffset);
  await rollOver(log);
  await compactNow(log);
  expect(batchesOf(log)[0]).toMatchObject({ baseOffset: 0, recordsCount: 0 });
  expect(await log.maxTimestamp()).toMatchObject({ offset: 1, timestampMs: NOW_MS + 500 });
  expect(await log.offsetForTimestamp(NOW_MS + 1)).toMatchObject({ offset: 1 });
  expect(await log.offsetForTimestamp(NOW_MS + 900)).toBeNull();
});
