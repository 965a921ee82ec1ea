/** Whether what a recovered log finds through its indexes and its state is what a walk through all of it finds. */
import { isDeepStrictEqual } from "node:util";
import { invariant } from "../../src/lib/invariant.js";
import { type RecordBatch, readBatches } from "../../src/protocol/records/batch.js";
import type { LogRecord } from "../../src/protocol/records/record.js";
import type { PartitionLog } from "../../src/storage/partition-log.js";
import type { FoundLog } from "./check-content.js";
import type { ExpectedLog } from "./log-model.js";
import { type NaiveTransactions, producersIn, recordsOf, transactionsIn } from "./naive.js";

/** Looked up per log; more would find little more. */
const LOOK_UPS = 12;

export async function checkLookUps(log: PartitionLog, found: FoundLog, { topic }: ExpectedLog): Promise<void> {
  checkOffsets(log, found, topic);
  await checkTimestamps(log, found, topic);
  const written = found.version.list.slice(0, found.version.length);
  const kept = written.filter(({ lastOffset }) => lastOffset < log.endOffset);
  checkProducers(log, kept, topic);
  checkTransactions(log, transactionsIn(kept), topic);
}

function checkOffsets(log: PartitionLog, { batches }: FoundLog, topic: string): void {
  const step = Math.max(1, Math.floor(batches.length / LOOK_UPS));
  for (let at = batches.length - 1; at >= 0; at -= step) {
    const batch = batches[at];
    if (batch === undefined || batch.lastOffset < log.logStartOffset) continue;
    const read = log.read(batch.lastOffset, 1, log.endOffset, true);
    invariant(!("errorCode" in read), `${topic} can be read at ${batch.lastOffset}`);
    const [first] = readBatches(read.records).batches;
    invariant(
      first?.baseOffset === batch.baseOffset,
      `offset ${batch.lastOffset} of ${topic} is in the batch at ${batch.baseOffset}, not at ${first?.baseOffset}`,
    );
    read.release();
    if (batch.baseOffset < log.logStartOffset) continue;
    const epoch = log.leaderEpochAt(batch.baseOffset);
    invariant(
      epoch === batch.leaderEpoch,
      `offset ${batch.baseOffset} of ${topic} has epoch ${batch.leaderEpoch}, not ${epoch}`,
    );
  }
}

async function checkTimestamps(log: PartitionLog, { batches }: FoundLog, topic: string): Promise<void> {
  const records = batches.flatMap((batch) => recordsOf(batch)).filter(({ offset }) => offset >= log.logStartOffset);
  const step = Math.max(1, Math.floor(records.length / LOOK_UPS));
  for (let at = 0; at < records.length; at += step) {
    const wantedMs = (records[at]?.timestampMs ?? 0) + (at % 2);
    const naive = records.find(({ timestampMs }) => timestampMs >= wantedMs);
    const answer = await log.offsetForTimestamp(wantedMs);
    invariant(answer === null || !("errorCode" in answer), `${topic} can be searched`);
    invariant(
      answer?.offset === naive?.offset,
      `time ${wantedMs} of ${topic} is at ${naive?.offset}, not at ${answer?.offset}`,
    );
  }
  await checkMaxTimestamp(log, records, topic);
}

async function checkMaxTimestamp(log: PartitionLog, records: readonly LogRecord[], topic: string): Promise<void> {
  const latest = await log.maxTimestamp();
  invariant(latest === null || !("errorCode" in latest), `${topic} can be searched`);
  // Records that DeleteRecords hides still count as long as their segment is there.
  if (latest !== null && latest.offset < log.logStartOffset) return;
  const timestampMs = records.reduce((largest, record) => Math.max(largest, record.timestampMs), -1);
  const naive = records.find((record) => record.timestampMs === timestampMs);
  invariant(
    latest?.offset === naive?.offset,
    `the latest time of ${topic} is at ${naive?.offset}, not at ${latest?.offset}`,
  );
}

/** Producers of whom all batches are gone may be forgotten; of the others, and of those that are known, the last batch. */
function checkProducers(log: PartitionLog, written: readonly RecordBatch[], topic: string): void {
  const naive = producersIn(written);
  const known = log.internals.producers.entries;
  for (const [producerId, wanted] of naive) {
    const entry = known.get(producerId);
    const last = entry?.batches.at(-1);
    // Of its last transaction the marker alone may be left.
    if (last === undefined && wanted.lastOffset < log.logStartOffset) continue;
    const found = { epoch: entry?.epoch, lastSequence: last?.lastSequence, lastOffset: last?.lastOffset };
    invariant(
      isDeepStrictEqual(found, wanted),
      `producer ${producerId} of ${topic} is at ${JSON.stringify(wanted)}, not at ${JSON.stringify(found)}`,
    );
  }
  for (const producerId of known.keys()) {
    invariant(naive.has(producerId), `producer ${producerId} of ${topic} has written something`);
  }
}

/** Of what lies before the start of the log nothing need be known. */
function checkTransactions(log: PartitionLog, { open, ended }: NaiveTransactions, topic: string): void {
  const { logStartOffset, endOffset, highWatermark } = log;
  const stillOpen = new Map<number, number | null>();
  for (const seen of log.producersSeen()) stillOpen.set(seen.producerId, seen.currentTransactionStartOffset);
  for (const [producerId, found] of stillOpen) {
    const wanted = open.get(producerId) ?? null;
    const isHidden = wanted !== null && wanted < logStartOffset;
    invariant(
      isHidden || found === wanted,
      `producer ${producerId} of ${topic} has a transaction from ${wanted}, not ${found}`,
    );
  }
  const found = log.abortedTransactions(logStartOffset, endOffset);
  invariant(!("errorCode" in found), `${topic} knows its aborted transactions`);
  const aborted = ended.filter(({ isCommitted, firstOffset }) => !isCommitted && firstOffset >= logStartOffset);
  for (const { producerId, firstOffset } of aborted) {
    const isFound = found.some((one) => one.producerId === producerId && one.firstOffset === firstOffset);
    invariant(isFound, `the transaction of producer ${producerId} of ${topic} from ${firstOffset} was aborted`);
  }
  for (const { producerId, firstOffset, lastOffset } of found) {
    const isWrong = firstOffset >= logStartOffset && !aborted.some((one) => one.lastOffset === lastOffset);
    invariant(!isWrong, `producer ${producerId} of ${topic} has not aborted a transaction from ${firstOffset}`);
  }
  const undecided = [
    ...open.values(),
    ...ended.filter((one) => one.lastOffset >= highWatermark).map((one) => one.firstOffset),
  ];
  const stable = Math.min(highWatermark, Math.max(logStartOffset, Math.min(...undecided)));
  const isHidden = undecided.some((offset) => offset < logStartOffset);
  invariant(
    isHidden || log.lastStableOffset === stable,
    `${topic} is stable up to ${stable}, not ${log.lastStableOffset}`,
  );
}
