import { invariant } from "../../src/lib/invariant.js";
import { type RecordBatch, readBatches } from "../../src/protocol/records/batch.js";
import { readEndTxnMarker } from "../../src/protocol/records/control.js";
import { isRefusal, readRecords } from "../../src/protocol/records/record.js";

const RECORDS_BYTES_MAX = 1024 * 1024;

export interface FetchedRecord {
  readonly offset: number;
  readonly value: string;
  readonly timestampMs: number;
  readonly leaderEpoch: number;
}

/** The records of a fetch, without the markers. Every batch must be whole, and right by its CRC. */
export function recordsIn(records: Uint8Array): FetchedRecord[] {
  return batchesIn(records).flatMap((batch) => (batch.isControl ? [] : recordsOf(batch)));
}

export interface CommittedRecords {
  readonly records: readonly FetchedRecord[];
  /** Where to read on. */
  readonly nextOffset: number | null;
}

/** What a reader makes of a fetch that stops at the last stable offset: it leaves out what was aborted. */
export function committedRecordsIn(
  records: Uint8Array,
  abortedTransactions: readonly { readonly producerId: number; readonly firstOffset: number }[],
): CommittedRecords {
  const batches = batchesIn(records);
  const begun = new Set<number>();
  let coming = abortedTransactions;
  const committed = batches.flatMap((batch) => {
    for (const { producerId } of coming.filter(({ firstOffset }) => firstOffset <= batch.lastOffset))
      begun.add(producerId);
    coming = coming.filter(({ firstOffset }) => firstOffset > batch.lastOffset);
    if (batch.isControl) {
      if (readEndTxnMarker(batch)?.commit === false) begun.delete(batch.producerId);
      return [];
    }
    return batch.isTransactional && begun.has(batch.producerId) ? [] : recordsOf(batch);
  });
  const last = batches.at(-1);
  return { records: committed, nextOffset: last === undefined ? null : last.lastOffset + 1 };
}

function batchesIn(records: Uint8Array): readonly RecordBatch[] {
  const { batches, stop } = readBatches(records);
  invariant(stop === null, `a fetch gives whole batches, but: ${stop}`);
  return batches;
}

function recordsOf(batch: RecordBatch): FetchedRecord[] {
  invariant(batch.hasValidCrc(), `the batch at offset ${batch.baseOffset} has its CRC`);
  const opened = readRecords(batch, RECORDS_BYTES_MAX);
  invariant(!isRefusal(opened), `the batch at offset ${batch.baseOffset} can be opened`);
  const { leaderEpoch } = batch;
  return opened.map(({ offset, timestampMs, value }) => {
    return { offset, timestampMs, leaderEpoch, value: Buffer.from(value ?? []).toString("latin1") };
  });
}
