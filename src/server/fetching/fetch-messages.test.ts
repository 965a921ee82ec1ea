import { expect, test } from "vitest";
import type { Partition } from "../../cluster/replication/partition.js";
import { buildBatch } from "../../protocol/records/build-batch.js";
import type { LogRead } from "../../storage/log-results.js";
import { readerOfMessages } from "./fetch-messages.js";

/** So many calls one inside the other no stack holds. */
const MARKERS = 50_000;

/** A partition of markers, one in each read, with one record of a producer behind them. */
function readTo(howToGive: (read: LogRead) => LogRead | Promise<LogRead>) {
  const record = { timestampMs: 1, key: null, value: Buffer.from("value") };
  const marker = buildBatch({ isControl: true, records: [record] });
  const last = buildBatch({ baseOffset: MARKERS, records: [record] });
  const partition = {
    read: (offset: number) =>
      howToGive({ records: offset < MARKERS ? marker : last, nextOffset: offset + 1, release: () => {} }),
  };
  return readerOfMessages(3)(partition as unknown as Partition, 0, 1_000, "high watermark", true);
}

test.each([
  ["that are in memory", (read: LogRead) => read],
  ["that come from the disk", async (read: LogRead) => read],
])("a client of old finds the record behind a long row of markers %s", async (_, howToGive) => {
  const read = await readTo(howToGive);
  expect(read).toMatchObject({ nextOffset: MARKERS + 1 });
  expect("records" in read && read.records.length).toBeGreaterThan(0);
});
