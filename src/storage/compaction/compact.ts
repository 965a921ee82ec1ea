/**
 * One compaction of one log. First the dirty part is read, and the last offset of each key noted; then the log is written
 * anew without what has a later record. Appends and fetches go on meanwhile: this works on segments that nobody writes to.
 */
import { errors } from "../../protocol/errors.js";
import type { RecordBatch } from "../../protocol/records/batch.js";
import type { ProducerState } from "../producers/producer-state.js";
import { BatchChunks, bytesOf, readChunk } from "../reads/batch-chunks.js";
import type { Segment } from "../segments/segment.js";
import { type CleaningRules, openBody } from "./clean-batch.js";
import { cleanSegments } from "./clean-segments.js";
import { type CleanableLog, groupedSegments } from "./cleanable.js";
import { CleanedTransactions } from "./cleaned-transactions.js";
import type { CompactionTools } from "./compaction-tools.js";
import { HASH_SECRET_BYTES, KeyHash } from "./key-hash.js";
import { KeyMap } from "./key-map.js";
import { RecordCursor } from "./record-cursor.js";

/** "stopped": by the caller, or because the log has changed; what was done stays. "damaged": the log cannot be read. */
export type Compaction = { readonly compactedTo: number } | "stopped" | "damaged";

/** So many records are looked at between two chances for other work: each may be the first to touch a page of memory. */
const RECORDS_PER_STEP = 64;

/** Rejects with `FileError` when the disk fails before anything was put in place; later than that, the log fails. */
export async function compact(cleanable: CleanableLog, tools: CompactionTools): Promise<Compaction> {
  const { log, segments, endOffset, firstDirtyOffset } = cleanable;
  const { rewinds } = log.internals;
  const isStale = () => tools.isStopped() || log.failure !== null || log.internals.rewinds !== rewinds;
  const lastBatches = lastBatchesOf(log.internals.producers);
  // Nothing goes for a later batch of its producer that a power cut could take.
  if ((await log.flush()) !== errors.NONE.code || isStale()) return "stopped";
  const keys = newKeyMap(endOffset - firstDirtyOffset, tools);
  const transactionsFrom = (from: number) => CleanedTransactions.in(log.internals.segments, from, endOffset);
  const mapping = new KeyMapping(keys, firstDirtyOffset, transactionsFrom(firstDirtyOffset));
  for (const [at, segment] of segments.entries()) {
    if ((segments[at + 1]?.baseOffset ?? endOffset) <= firstDirtyOffset) continue;
    const outcome = await mapSegment(mapping, segment, tools, isStale);
    if (outcome === "stopped" || outcome === "damaged") return outcome;
    if (outcome === "full") break;
  }
  const mappedEndOffset = mapping.isFull ? mapping.endOffset : endOffset;
  const { deleteRetentionMs } = log.config;
  const transactions = transactionsFrom(segments[0]?.baseOffset ?? endOffset);
  const nowMs = tools.environment.clock.wallMs();
  const rules = { keys, transactions, mappedEndOffset, deleteRetentionMs, nowMs };
  const affected = segments.filter((segment) => segment.baseOffset < mappedEndOffset);
  const affectedEndOffset = segments[affected.length]?.baseOffset ?? endOffset;
  const groups = groupedSegments(affected, affectedEndOffset, log.config);
  for (const [at, group] of groups.entries()) {
    const groupEndOffset = groups[at + 1]?.[0]?.baseOffset ?? affectedEndOffset;
    // A segment always reaches up to the next one: recovery takes a gap between them for a loss.
    const keepsEmpty: CleaningRules["keepsEmpty"] = (batch) =>
      batch.lastOffset + 1 === groupEndOffset || isLastOfProducer(batch, lastBatches);
    const outcome = await cleanSegments(log, group, { ...rules, keepsEmpty }, tools, isStale);
    if (outcome !== "done") return outcome;
  }
  return { compactedTo: mappedEndOffset };
}

function newKeyMap(keysExpected: number, { environment, keyMapBytesMax, keyMapLoadFactor }: CompactionTools): KeyMap {
  const hash = new KeyHash(environment.random.bytes(HASH_SECRET_BYTES));
  return new KeyMap(hash, { bytesMax: keyMapBytesMax, loadFactor: keyMapLoadFactor, keysExpected });
}

interface LastBatch {
  readonly epoch: number;
  /** Null: markers alone are known. */
  readonly lastOffset: number | null;
}

function lastBatchesOf({ entries }: ProducerState): ReadonlyMap<number, LastBatch> {
  const last = new Map<number, LastBatch>();
  for (const [producerId, { epoch, batches }] of entries) {
    last.set(producerId, { epoch, lastOffset: batches.at(-1)?.lastOffset ?? null });
  }
  return last;
}

/** Its last batch tells the sequence that the producer goes on with; where there is none, a marker tells its epoch. */
function isLastOfProducer(batch: RecordBatch, lastBatches: ReadonlyMap<number, LastBatch>): boolean {
  const last = lastBatches.get(batch.producerId);
  if (last === undefined) return false;
  if (last.lastOffset === null) return batch.isControl && batch.producerEpoch === last.epoch;
  return last.lastOffset === batch.lastOffset;
}

async function mapSegment(
  mapping: KeyMapping,
  segment: Segment,
  { chunkBytes, environment, pacer }: CompactionTools,
  isStale: () => boolean,
): Promise<"mapped" | "full" | "stopped" | "damaged"> {
  const chunks = new BatchChunks(segment, chunkBytes, segment.locate(mapping.endOffset)?.position ?? 0);
  for (;;) {
    const batches = await readChunk(chunks, isStale);
    if (batches === "stopped") return "stopped";
    if (batches === null) return "damaged";
    if (batches.length === 0) return "mapped";
    const job = { name: "note the last record of each key", run: () => mapping.add(batches) };
    const isSound = await environment.offload(job, null);
    if (!isSound) return "damaged";
    if (mapping.isFull) return "full";
    await pacer.spend(bytesOf(batches));
  }
}

/** Fills the key map, batch by batch. */
class KeyMapping {
  /** All records from the start of the dirty part up to here are in the map. */
  endOffset: number;
  isFull = false;
  readonly #keys: KeyMap;
  readonly #transactions: CleanedTransactions;

  constructor(keys: KeyMap, startOffset: number, transactions: CleanedTransactions) {
    this.#keys = keys;
    this.#transactions = transactions;
    this.endOffset = startOffset;
  }

  /** False: a batch cannot be opened. */
  *add(batches: readonly RecordBatch[]): Generator<void, boolean, void> {
    for (const batch of batches) {
      if (batch.lastOffset < this.endOffset) continue;
      if (batch.isControl) this.#transactions.endedBy(batch);
      // What was aborted must not make what was there before go.
      else if (!this.#transactions.isAborted(batch) && !(yield* this.#addRecords(batch))) return false;
      if (this.isFull) return true;
      this.endOffset = batch.lastOffset + 1;
      yield;
    }
    return true;
  }

  *#addRecords(batch: RecordBatch): Generator<void, boolean, void> {
    const body = batch.hasValidCrc() ? openBody(batch) : null;
    if (body === null) return false;
    const { baseOffset } = batch;
    const cursor = new RecordCursor(body);
    let seen = 0;
    while (cursor.next()) {
      if (++seen % RECORDS_PER_STEP === 0) yield;
      const offset = baseOffset + cursor.offsetDelta;
      if (offset < this.endOffset) continue;
      if (cursor.keyStart >= 0 && !this.#keys.put(body, cursor.keyStart, cursor.keyEnd, offset)) {
        this.isFull = true;
        return true;
      }
      this.endOffset = offset + 1;
    }
    return !cursor.failed;
  }
}
