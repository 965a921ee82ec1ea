import fc from "fast-check";
import { expect, test } from "vitest";
import { codecs } from "../../protocol/records/codecs.js";
import type { PartitionLog } from "../partition-log.js";
import { memoryFiles, StillClock } from "../storage.test-data.js";
import {
  committedRecordsOf,
  committedTableOf,
  compactConfig,
  compactedLog,
  compactNow,
  type KeyValue,
  restarted,
  rollOver,
  TransactionalProducer,
  toolsWith,
  write,
} from "./compaction.test-data.js";
import { SLOT_BYTES } from "./key-map.js";

const PRODUCERS = 3;
const records = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 9 }).map((number) => `key ${number}`),
    fc.option(fc.string({ maxLength: 60 }), { freq: 4 }),
  ),
  { minLength: 1, maxLength: 8 },
);
const producer = fc.integer({ min: 0, max: PRODUCERS - 1 });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ name: fc.constant("write" as const), records }) },
  {
    weight: 10,
    arbitrary: fc.record({
      name: fc.constant("write in transaction" as const),
      producer,
      records,
      codec: fc.constantFrom(...Object.values(codecs)),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      name: fc.constant("end" as const),
      producer,
      how: fc.constantFrom("commit" as const, "abort" as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ name: fc.constant("roll" as const) }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constant("restart" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ name: fc.constant("compact" as const), afterMs: fc.integer({ min: 0, max: 600 }) }),
  },
);

/** What was written, whatever has become of it. */
interface Written {
  readonly offset: number;
  readonly record: KeyValue;
  /** Null: in none. */
  readonly transaction: { end: "open" | "commit" | "abort" } | null;
}

function committedTable(written: readonly Written[], lastStableOffset: number): Map<string, string> {
  const table = new Map<string, string>();
  for (const { offset, record, transaction } of written) {
    if (offset >= lastStableOffset || transaction?.end === "abort") continue;
    const [key, value] = record;
    if (value === null) table.delete(key);
    else table.set(key, value);
  }
  return table;
}

function expectSound(log: PartitionLog, written: readonly Written[]): void {
  expect(committedTableOf(log)).toEqual(committedTable(written, log.lastStableOffset));
  const byOffset = new Map(written.map((one) => [one.offset, one]));
  for (let from = 0; from < log.endOffset; from += 13) {
    for (const { offset, key, value } of committedRecordsOf(log, from)) {
      if (key === "filler") continue;
      expect([key, value]).toEqual(byOffset.get(offset)?.record);
      expect(byOffset.get(offset)?.transaction?.end ?? "commit").toBe("commit");
    }
  }
}

test.each([
  ["in one pass", 1e6],
  ["with a key map of 15 keys, in several passes", 16 * SLOT_BYTES],
])(
  "whatever transactions are written and compacted %s, a committed reader comes to the same table",
  async (_, keyMapBytesMax) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
        const files = memoryFiles();
        const config = { ...compactConfig, deleteRetentionMs: 300 };
        const clock = new StillClock();
        const producers = Array.from({ length: PRODUCERS }, (_, id) => new TransactionalProducer(id));
        const open = new Map<number, { end: "open" | "commit" | "abort" }>();
        const written: Written[] = [];
        let log = await compactedLog(config, files);
        let compactedTo = 0;
        const note = (added: readonly KeyValue[], transaction: Written["transaction"]) => {
          for (const [at, record] of added.entries()) written.push({ offset: log.endOffset + at, record, transaction });
        };
        for (const step of steps) {
          if (step.name === "write") {
            note(step.records, null);
            write(log, step.records);
          }
          if (step.name === "write in transaction") {
            const transaction = open.get(step.producer) ?? { end: "open" };
            open.set(step.producer, transaction);
            note(step.records, transaction);
            producers[step.producer]?.write(log, step.records, { codec: step.codec });
          }
          if (step.name === "end") {
            const transaction = open.get(step.producer);
            if (transaction !== undefined) transaction.end = step.how;
            open.delete(step.producer);
            producers[step.producer]?.end(log, step.how);
          }
          if (step.name === "roll") await rollOver(log);
          if (step.name === "restart") {
            await log.flush();
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
        expect(log.failure).toBeNull();
      }),
      { seed: 17, numRuns: 80 },
    );
  },
  60_000,
);
