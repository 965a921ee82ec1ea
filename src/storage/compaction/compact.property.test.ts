import fc from "fast-check";
import { expect, test } from "vitest";
import { codecs } from "../../protocol/records/codecs.js";
import type { PartitionLog } from "../partition-log.js";
import { memoryFiles, StillClock } from "../storage.test-data.js";
import {
  batchesOf,
  compactConfig,
  compactedLog,
  compactNow,
  type KeyValue,
  recordsOf,
  restarted,
  rollOver,
  tableOf,
  toolsWith,
  write,
} from "./compaction.test-data.js";
import { SLOT_BYTES } from "./key-map.js";

const key = fc.integer({ min: 0, max: 12 }).map((number) => `key ${number}`);
const value = fc.option(fc.string({ maxLength: 60 }), { freq: 4 });
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      name: fc.constant("write" as const),
      records: fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 12 }),
      codec: fc.constantFrom(...Object.values(codecs)),
      producer: fc.option(fc.integer({ min: 1, max: 3 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ name: fc.constant("roll" as const) }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constant("restart" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ name: fc.constant("compact" as const), afterMs: fc.integer({ min: 0, max: 600 }) }),
  },
);

/** What was written, whatever has become of it. */
type Written = { readonly offset: number; readonly record: KeyValue }[];

function tableAt(written: Written, offset: number): Map<string, string> {
  const table = new Map<string, string>();
  for (const { offset: at, record } of written) {
    if (at >= offset) break;
    const [key, value] = record;
    if (value === null) table.delete(key);
    else table.set(key, value);
  }
  return table;
}

function expectSound(log: PartitionLog, written: Written): void {
  expect(tableOf(log)).toEqual(tableAt(written, log.endOffset));
  const records = recordsOf(log);
  const byOffset = new Map(written.map(({ offset, record }) => [offset, record]));
  let before = -1;
  for (const { offset, key, value } of records) {
    expect(offset).toBeGreaterThan(before);
    before = offset;
    if (key !== "filler") expect([key, value]).toEqual(byOffset.get(offset));
  }
  let end = 0;
  for (const { baseOffset, lastOffset } of batchesOf(log)) {
    expect(baseOffset).toBeGreaterThanOrEqual(end);
    end = lastOffset + 1;
  }
  expect(end).toBe(log.endOffset);
}

/** A reader that has read up to any offset, and goes on in the log as it is now, comes to the same table. */
function expectSameForEveryReader(log: PartitionLog, written: Written): void {
  const expected = tableAt(written, log.endOffset);
  for (let from = 0; from <= log.endOffset; from += 11) {
    const table = tableAt(written, from);
    for (const { key, value } of recordsOf(log, from)) {
      if (key === null || key === "filler") continue;
      if (value === null) table.delete(key);
      else table.set(key, value);
    }
    expect(table).toEqual(expected);
  }
}

test.each([
  ["while tombstones stay, every reader comes to the same table", Number.MAX_SAFE_INTEGER / 4, 1e6],
  ["when tombstones go, a reader from the start comes to the same table", 300, 1e6],
  ["and so with a key map of 15 keys, in several passes", 300, 16 * SLOT_BYTES],
])(
  "whatever is written and compacted: %s",
  async (_, deleteRetentionMs, keyMapBytesMax) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const files = memoryFiles();
        const config = { ...compactConfig, deleteRetentionMs };
        const clock = new StillClock();
        const written: Written = [];
        const sequences = new Map<number, number>();
        let log = await compactedLog(config, files);
        let compactedTo = 0;
        for (const step of steps) {
          if (step.name === "write") {
            const { records, codec } = step;
            const baseSequence = sequences.get(step.producer ?? 0) ?? 0;
            const producer = step.producer === null ? {} : { producer: { id: step.producer, epoch: 0, baseSequence } };
            sequences.set(step.producer ?? 0, baseSequence + records.length);
            for (const [at, record] of records.entries()) written.push({ offset: log.endOffset + at, record });
            write(log, records, { codec, ...producer });
          }
          if (step.name === "roll") await rollOver(log);
          if (step.name === "restart") {
            log = await restarted(files, config);
          }
          if (step.name !== "compact") continue;
          clock.advance(step.afterMs);
          const outcome = await compactNow(log, toolsWith({ keyMapBytesMax }, clock), compactedTo);
          if (typeof outcome === "string") throw new Error(outcome);
          compactedTo = outcome?.compactedTo ?? compactedTo;
          expectSound(log, written);
        }
        expectSound(log, written);
        if (deleteRetentionMs > 1e9) expectSameForEveryReader(log, written);
        expect(log.failure).toBeNull();
      }),
      { seed: 11, numRuns: 60 },
    );
  },
  60_000,
);
