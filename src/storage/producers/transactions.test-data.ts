/** Transactions on a log: batches that belong to one, their markers, and what a read-committed reader makes of the log. */
import { type RecordBatch, readBatches } from "../../protocol/records/batch.js";
import type { AppendResult } from "../log-results.js";
import type { PartitionLog } from "../partition-log.js";
import { batchOf, now } from "../storage.test-data.js";
import type { TransactionMarker } from "./producer-state.js";
import type { VerificationBrought } from "./verifications.js";

export function transactional(producerId: number, baseSequence: number, { epoch = 0, count = 1 } = {}): Uint8Array {
  return batchOf(count, 10, { isTransactional: true, producer: { id: producerId, epoch, baseSequence } });
}

export function appendTransactional(
  log: PartitionLog,
  records: Uint8Array,
  verification: VerificationBrought = "not wanted",
): AppendResult {
  return log.appendAsLeader(records, { leaderEpoch: 0, origin: "client", now, verification });
}

export function endTransaction(
  log: PartitionLog,
  producerId: number,
  outcome: "commit" | "abort",
  marker: Partial<TransactionMarker> = {},
): AppendResult {
  const commit = outcome === "commit";
  const whole = { producerId, producerEpoch: 0, coordinatorEpoch: 0, transactionVersion: 1, ...marker, commit };
  return log.appendMarker(whole, { leaderEpoch: 0, now });
}

/** The offsets of the records that a client shows with `isolation.level=read_committed`, as the Java client filters them. */
export function committedOffsets(log: PartitionLog, from = log.logStartOffset): number[] {
  const upTo = log.lastStableOffset;
  const aborted = log.abortedTransactions(from, upTo);
  if ("errorCode" in aborted) throw new Error(`error ${aborted.errorCode}`);
  const waiting = [...aborted];
  const skipped = new Set<number>();
  const offsets: number[] = [];
  for (const batch of batchesIn(log, from, upTo)) {
    for (; (waiting[0]?.firstOffset ?? upTo) <= batch.lastOffset; waiting.shift()) {
      if (waiting[0] !== undefined) skipped.add(waiting[0].producerId);
    }
    if (batch.isControl) skipped.delete(batch.producerId);
    else if (!(batch.isTransactional && skipped.has(batch.producerId))) {
      for (let offset = batch.baseOffset; offset <= batch.lastOffset; offset++) offsets.push(offset);
    }
  }
  return offsets;
}

/** One read ends with its segment. */
function* batchesIn(log: PartitionLog, from: number, upTo: number): Generator<RecordBatch> {
  for (let at = from; at < upTo; ) {
    const read = log.read(at, 1_000_000, upTo, true);
    if ("errorCode" in read) throw new Error(`error ${read.errorCode}`);
    yield* readBatches(read.records).batches;
    at = read.nextOffset;
  }
}

export function commitAll(log: PartitionLog): void {
  log.setHighWatermark(log.endOffset);
}
