/** Answers that a log finds through its indexes and its state, found here by walking through all batches. */
import { invariant } from "../../src/lib/invariant.js";
import { type RecordBatch, readBatches } from "../../src/protocol/records/batch.js";
import { readEndTxnMarker } from "../../src/protocol/records/control.js";
import { isRefusal, type LogRecord, readRecords } from "../../src/protocol/records/record.js";
import type { PartitionLog } from "../../src/storage/partition-log.js";

const READ_BYTES = 1024 * 1024;

/** All batches of a log, from the one that holds its first record on. */
export function batchesOf(log: PartitionLog): readonly RecordBatch[] {
  const batches: RecordBatch[] = [];
  for (let next = log.logStartOffset; next < log.endOffset; ) {
    const read = log.read(next, READ_BYTES, log.endOffset, true);
    invariant(!("errorCode" in read), "a recovered log can be read");
    const found = readBatches(Buffer.from(read.records));
    invariant(found.stop === null && found.batches.length > 0, `offset ${next} is read in whole batches`);
    batches.push(...found.batches);
    invariant(read.nextOffset > next, "a read goes on");
    next = read.nextOffset;
    read.release();
  }
  return batches;
}

export function recordsOf(batch: RecordBatch): readonly LogRecord[] {
  const records = readRecords(batch, READ_BYTES);
  invariant(!isRefusal(records), `the batch at ${batch.baseOffset} opens`);
  return records;
}

export interface NaiveProducer {
  readonly epoch: number;
  readonly lastSequence: number;
  readonly lastOffset: number;
}

/** What the batches say of their producers, in order. */
export function producersIn(batches: Iterable<RecordBatch>): Map<number, NaiveProducer> {
  const producers = new Map<number, NaiveProducer>();
  for (const batch of batches) {
    if (batch.producerId < 0) continue;
    const { producerEpoch: epoch, lastSequence, lastOffset } = batch;
    if (!batch.isControl) producers.set(batch.producerId, { epoch, lastSequence, lastOffset });
  }
  return producers;
}

export interface NaiveTransactions {
  /** The first offset of each that is open, by producer. */
  readonly open: ReadonlyMap<number, number>;
  readonly ended: readonly NaiveTransaction[];
}

interface NaiveTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  /** Of the marker. */
  readonly lastOffset: number;
  readonly isCommitted: boolean;
}

export function transactionsIn(batches: Iterable<RecordBatch>): NaiveTransactions {
  const open = new Map<number, number>();
  const ended: NaiveTransaction[] = [];
  for (const batch of batches) {
    const { producerId, baseOffset, lastOffset } = batch;
    if (!batch.isTransactional) continue;
    if (!batch.isControl) {
      if (!open.has(producerId)) open.set(producerId, baseOffset);
      continue;
    }
    const firstOffset = open.get(producerId);
    const isCommitted = readEndTxnMarker(batch)?.commit ?? false;
    if (firstOffset !== undefined) ended.push({ producerId, firstOffset, lastOffset, isCommitted });
    open.delete(producerId);
  }
  return { open, ended };
}

/** The latest value of each key; a tombstone leaves nothing. */
export function tableOf(batches: Iterable<RecordBatch>): Map<string, string> {
  const table = new Map<string, string>();
  for (const batch of batches) {
    if (batch.isControl) continue;
    for (const { key, value, offset } of recordsOf(batch)) {
      const name = Buffer.from(key ?? []).toString();
      if (value === null) table.delete(name);
      else table.set(name, `${offset} ${Buffer.from(value).toString()}`);
    }
  }
  return table;
}
