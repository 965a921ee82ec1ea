/**
 * Segments below the start of the log are retired by renames that no one waits for. A power cut may undo any of them and
 * not the others, so the log finds parts of what it has given up, with holes in between.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { DELETED } from "../files/file-names.js";
import {
  appendTransactional,
  commitAll,
  committedOffsets,
  endTransaction,
  transactional,
} from "../producers/transactions.test-data.js";
import {
  append,
  batchOf,
  logConfig,
  memoryFiles,
  openStore,
  reopen,
  StillClock,
  topicId,
} from "../storage.test-data.js";

const FOLDER = "/data/orders-0";
/** One round of a plain record, an aborted one and its marker fills a segment. */
const ROUNDS = 8;
const config = { ...logConfig, segmentBytes: 250, indexIntervalBytes: 50 };

/** The log was cut at `start` from the front, and its old segments have their new names. */
async function retired(start: number) {
  const files = memoryFiles();
  const clock = new StillClock();
  const store = await openStore(files, { clock, config });
  const log = store.openOrCreate("orders", 0, topicId, config);
  for (let round = 0; round < ROUNDS; round++) {
    append(log, batchOf(1));
    appendTransactional(log, transactional(7, round));
    endTransaction(log, 7, "abort");
  }
  commitAll(log);
  await log.flush();
  log.deleteRecordsBefore(start);
  clock.advance(30_000);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  const deleted = files.list(FOLDER).filter((name) => name.endsWith(DELETED));
  return { files, deleted };
}

test("whatever comes back of them is removed, and the log is as it was", async () => {
  const start = fc.integer({ min: 4, max: 3 * ROUNDS - 1 });
  const comesBack = fc.infiniteStream(fc.boolean());
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(start, comesBack, async (logStartOffset, back) => {
      const { files, deleted } = await retired(logStartOffset);
      seen = Math.max(seen, deleted.length);
      for (const name of deleted) {
        if (back.next().value) files.rename(`${FOLDER}/${name}`, `${FOLDER}/${name.slice(0, -DELETED.length)}`);
      }
      for (let start = 0; start < 2; start++) {
        const log = (await reopen(files, { config })).openOrCreate("orders", 0, topicId, config);
        commitAll(log);
        expect(log).toMatchObject({ logStartOffset, endOffset: 3 * ROUNDS, lastStableOffset: 3 * ROUNDS });
        const plain = Array.from({ length: ROUNDS }, (_, round) => 3 * round);
        expect(committedOffsets(log)).toEqual(plain.filter((offset) => offset >= logStartOffset));
        expect(log.internals.segments.first.baseOffset).toBe(logStartOffset - (logStartOffset % 3));
      }
      expect(files.list(FOLDER).filter((name) => name.endsWith(DELETED))).toEqual([]);
    }),
    { seed: 5, numRuns: 60 },
  );
  expect(seen).toBe(4 * (ROUNDS - 1));
}, 60_000);
