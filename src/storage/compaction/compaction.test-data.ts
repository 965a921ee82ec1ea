/** Logs with keys and values that a test can name, and their compaction. */
import type { Files } from "../../lib/environment.js";
import { type RecordBatch, readBatches } from "../../protocol/records/batch.js";
import { type BatchToBuild, buildBatch } from "../../protocol/records/build-batch.js";
import { readEndTxnMarker } from "../../protocol/records/control.js";
import { isRefusal, readRecords } from "../../protocol/records/record.js";
import type { LogConfig } from "../log-config.js";
import type { PartitionLog } from "../partition-log.js";
import {
  append,
  inline,
  logConfig,
  memoryFiles,
  NOW_MS,
  now,
  openStore,
  reopen,
  StillClock,
  topicId,
} from "../storage.test-data.js";
import { cleanableLog } from "./cleanable.js";
import { type Compaction, compact } from "./compact.js";
import type { CompactionTools } from "./compaction-tools.js";
import { Pacer } from "./pacer.js";

export const compactConfig: LogConfig = {
  ...logConfig,
  segmentBytes: 1_000,
  indexIntervalBytes: 200,
  cleanupPolicy: { compact: true, delete: false },
  minCleanableDirtyRatio: 0,
  deleteRetentionMs: 1_000,
};

/** A value of null is a tombstone. */
export type KeyValue = readonly [key: string, value: string | null];

export interface SeenRecord {
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: string | null;
  readonly value: string | null;
}

export async function compactedLog(
  config: Partial<LogConfig> = {},
  files: Files = memoryFiles(),
): Promise<PartitionLog> {
  const store = await openStore(files, { config: { ...compactConfig, ...config } });
  return store.openOrCreate("orders", 0, topicId, { ...compactConfig, ...config });
}

export function write(log: PartitionLog, records: readonly KeyValue[], batch: Partial<BatchToBuild> = {}): void {
  append(log, batchWith(records, batch));
  log.setHighWatermark(log.endOffset);
}

export function batchWith(records: readonly KeyValue[], batch: Partial<BatchToBuild> = {}, timestampMs = NOW_MS) {
  const built = records.map(([key, value], index) => ({
    timestampMs: timestampMs + index,
    key: Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
  }));
  return buildBatch({ records: built, ...batch });
}

/** Writes transactions, whatever their coordinator would say. */
export class TransactionalProducer {
  readonly #id: number;
  #baseSequence = 0;

  constructor(id: number) {
    this.#id = id;
  }

  write(log: PartitionLog, records: readonly KeyValue[], batch: Partial<BatchToBuild> = {}): void {
    const producer = { id: this.#id, epoch: 0, baseSequence: this.#baseSequence };
    this.#baseSequence += records.length;
    const bytes = batchWith(records, { isTransactional: true, producer, ...batch });
    const result = log.appendAsLeader(bytes, { leaderEpoch: 0, origin: "client", now, verification: "not wanted" });
    if ("errorCode" in result) throw new Error(`error ${result.errorCode}`);
    log.setHighWatermark(log.endOffset);
  }

  /** From transaction version 2 on, the marker has a new epoch. */
  end(log: PartitionLog, how: "commit" | "abort", producerEpoch = 0): void {
    const marker = { producerId: this.#id, producerEpoch, coordinatorEpoch: 0, transactionVersion: producerEpoch + 1 };
    const result = log.appendMarker({ ...marker, commit: how === "commit" }, { leaderEpoch: 0, now });
    if ("errorCode" in result) throw new Error(`error ${result.errorCode}`);
    log.setHighWatermark(log.endOffset);
  }
}

/** Closes the active segment, so that compaction may have it: a batch for which it has no room opens the next one. */
export async function rollOver(log: PartitionLog): Promise<void> {
  write(log, [["filler", "x".repeat(log.config.segmentBytes - 100)]]);
  await log.flush();
}

export function toolsWith(changes: Partial<CompactionTools> = {}, clock = new StillClock()): CompactionTools {
  return {
    environment: {
      clock,
      offload: inline,
      random: { bytes: (n) => new Uint8Array(n).fill(7), below: () => 0, uuid: () => topicId },
    },
    pacer: new Pacer(clock, () => Number.MAX_VALUE),
    chunkBytes: 512,
    keyMapBytesMax: 1024 * 1024,
    keyMapLoadFactor: 0.9,
    removeLater: () => {},
    isStopped: () => false,
    ...changes,
  };
}

/** Compacts all that may be. `compactedTo` is what came of the time before. */
export async function compactNow(log: PartitionLog, tools = toolsWith(), compactedTo = 0): Promise<Compaction | null> {
  const cleanable = cleanableLog(log, compactedTo, tools.environment.clock.wallMs());
  return cleanable === null ? null : compact(cleanable, tools);
}

/** The log `orders` as a restart finds it, with all of it committed. */
export async function restarted(files: Files, config: LogConfig): Promise<PartitionLog> {
  const log = (await reopen(files, { config })).get("orders", 0, topicId);
  if (log === null) throw new Error("the log is there");
  log.setHighWatermark(log.endOffset);
  return log;
}

/** The batches of a log, as a fetch from `from` gets them. */
export function batchesOf(log: PartitionLog, from = log.logStartOffset): RecordBatch[] {
  const found: RecordBatch[] = [];
  for (let next = from; next < log.endOffset; ) {
    const read = log.read(next, 2_000, log.endOffset, true);
    if ("errorCode" in read) throw new Error(`error ${read.errorCode}`);
    if (read.records.length === 0) break;
    found.push(...readBatches(Buffer.from(read.records)).batches);
    next = read.nextOffset;
    read.release();
  }
  return found;
}

export function recordsOf(log: PartitionLog, from = log.logStartOffset): SeenRecord[] {
  return batchesOf(log, from).flatMap((batch) => recordsIn(batch, from));
}

/** What a read-committed consumer sees, which goes by the transactions that the broker calls aborted. */
export function committedRecordsOf(log: PartitionLog, from = log.logStartOffset): SeenRecord[] {
  const { lastStableOffset } = log;
  const aborted = log.abortedTransactions(from, lastStableOffset);
  if ("errorCode" in aborted) throw new Error(`error ${aborted.errorCode}`);
  const toCome = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  const aborting = new Set<number>();
  return batchesOf(log, from).flatMap((batch) => {
    if (batch.baseOffset >= lastStableOffset) return [];
    for (; toCome[0] !== undefined && toCome[0].firstOffset <= batch.lastOffset; toCome.shift()) {
      aborting.add(toCome[0].producerId);
    }
    if (batch.isControl && readEndTxnMarker(batch)?.commit === false) aborting.delete(batch.producerId);
    if (batch.isControl || (batch.isTransactional && aborting.has(batch.producerId))) return [];
    return recordsIn(batch, from);
  });
}

function recordsIn(batch: RecordBatch, from: number): SeenRecord[] {
  if (!batch.hasValidCrc()) throw new Error(`the batch at ${batch.baseOffset} has a wrong CRC`);
  if (batch.isControl) return [];
  const records = readRecords(batch, 1024 * 1024);
  if (isRefusal(records)) throw new Error(records.errorMessage);
  return records
    .filter(({ offset }) => offset >= from)
    .map(({ offset, timestampMs, key, value }) => ({ offset, timestampMs, key: textOf(key), value: textOf(value) }));
}

/** What a consumer that reads all has in its table; the filler of `rollOver` left out. */
export function tableOf(log: PartitionLog, from = log.logStartOffset): ReadonlyMap<string, string> {
  return tableFrom(recordsOf(log, from));
}

/** The same of a read-committed one. */
export function committedTableOf(log: PartitionLog, from = log.logStartOffset): ReadonlyMap<string, string> {
  return tableFrom(committedRecordsOf(log, from));
}

function tableFrom(records: readonly SeenRecord[]): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  for (const { key, value } of records) {
    if (key === null || key === "filler") continue;
    if (value === null) table.delete(key);
    else table.set(key, value);
  }
  return table;
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString();
}
