/** Whether a recovered log holds what it must: a prefix of what was written, with all that was durable in it. */
import { isDeepStrictEqual } from "node:util";
import { invariant } from "../../src/lib/invariant.js";
import type { RecordBatch } from "../../src/protocol/records/batch.js";
import type { PartitionLog } from "../../src/storage/partition-log.js";
import type { Fault } from "./images.js";
import type { ExpectedLog, Version } from "./log-model.js";
import { batchesOf, recordsOf, tableOf } from "./naive.js";

export interface FoundLog {
  readonly batches: readonly RecordBatch[];
  /** What it is a prefix of. */
  readonly version: Version;
}

export function checkContent(log: PartitionLog, expected: ExpectedLog, fault: Fault): FoundLog {
  const { durableEnd, endOffset, startOffset, topic } = expected;
  const range = `${log.logStartOffset} to ${log.endOffset}`;
  invariant(log.logStartOffset <= startOffset, `${topic} begins at ${startOffset} or before, but has ${range}`);
  invariant(log.endOffset >= durableEnd, `${topic} is durable up to ${durableEnd}, but has ${range}`);
  const isWhole = fault === "power cut" || endOffset === null || log.endOffset === endOffset;
  invariant(isWhole, `${topic} ends at ${endOffset}, but has ${range}`);
  const batches = batchesOf(log);
  const fits = expected.isCompacted ? isCompactedFrom : isPartOf;
  const version = expected.versions.find((one) => fits(log, batches, one));
  invariant(version !== undefined, `${topic} holds a part of what was written, but has ${range}: ${listOf(batches)}`);
  return { batches, version };
}

/** The same bytes, batch by batch, from the start of the log to where it ends. */
function isPartOf(log: PartitionLog, batches: readonly RecordBatch[], { list, length }: Version): boolean {
  const first = batches[0];
  if (first === undefined) return log.endOffset <= (list[length - 1]?.lastOffset ?? log.endOffset - 1) + 1;
  const from = list.findIndex(({ baseOffset }) => baseOffset === first.baseOffset);
  if (from === -1 || from + batches.length > length) return false;
  return (
    batches.every((batch, index) => batch.bytes.equals(list[from + index]?.bytes ?? Buffer.alloc(0))) &&
    batches.at(-1)?.lastOffset === log.endOffset - 1
  );
}

/** Records that were written there, and of each key the latest value. */
function isCompactedFrom(log: PartitionLog, batches: readonly RecordBatch[], { list, length }: Version): boolean {
  const written = list.slice(0, length).filter(({ lastOffset }) => lastOffset < log.endOffset);
  const known = new Map(written.flatMap((batch) => recordsOf(batch)).map((record) => [record.offset, record]));
  const records = batches.flatMap((batch) => recordsOf(batch));
  return (
    records.every((record) => isDeepStrictEqual(record, known.get(record.offset))) &&
    isDeepStrictEqual(sorted(tableOf(batches)), sorted(tableOf(written)))
  );
}

function sorted(table: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  return [...table].sort();
}

function listOf(batches: readonly RecordBatch[]): string {
  return batches
    .map(({ baseOffset, lastOffset, leaderEpoch }) => `${baseOffset}-${lastOffset} (${leaderEpoch})`)
    .join();
}
