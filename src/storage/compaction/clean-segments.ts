/** Writes a few neighbouring segments anew as one, without the records that compaction gives up. */
import { FileError } from "../../lib/environment.js";
import { type RecordBatch, readBatches } from "../../protocol/records/batch.js";
import type { PartitionLog } from "../partition-log.js";
import { BatchChunks, bytesOf, readChunk } from "../reads/batch-chunks.js";
import { Segment } from "../segments/segment.js";
import { type CleaningRules, cleanBatch } from "./clean-batch.js";
import type { CompactionTools } from "./compaction-tools.js";
import { beginSwap, CLEANED, endSwap, SWAP, setCleanedAside, undoSwap } from "./swap-segment.js";

export type CleaningOutcome = "done" | "stopped" | "damaged";

/** The new segment itself keeps which transactions were aborted. */
type SegmentCleaningRules = Omit<CleaningRules, "keepsAborted">;

/** The new segment is synced each time it has grown by so much, so that no sync takes long. */
const SYNC_BYTES = 16 * 1024 * 1024;

export async function cleanSegments(
  log: PartitionLog,
  group: readonly Segment[],
  rules: SegmentCleaningRules,
  tools: CompactionTools,
  isStale: () => boolean,
): Promise<CleaningOutcome> {
  const [first] = group;
  if (first === undefined) return "done";
  const { files } = log.internals;
  const nowMs = tools.environment.clock.wallMs();
  const create = () => Segment.create(files, log.folder, first.baseOffset, log.config, nowMs, CLEANED);
  const cleaning = new Cleaning(create(), rules, tools, isStale);
  let outcome: CleaningOutcome = "stopped";
  try {
    outcome = await cleaning.copy(group);
    const isNeeded = outcome === "done" && (cleaning.hasChanged || group.length > 1);
    if (isNeeded && (isStale() || !(await putInPlace(log, group, tools)))) outcome = "stopped";
    return outcome;
  } finally {
    cleaning.close();
    giveUp(log, first.baseOffset, tools);
  }
}

/** False: a segment of the group has been deleted meanwhile, or the disk has failed. */
async function putInPlace(log: PartitionLog, group: readonly Segment[], tools: CompactionTools): Promise<boolean> {
  const { files, segments, attempt } = log.internals;
  const { folder, config } = log;
  const [first] = group;
  if (first === undefined || !segments.holds(group)) return false;
  const { baseOffset } = first;
  const open = (suffix: string) => Segment.open(files, folder, baseOffset, config, 0, suffix);
  try {
    await beginSwap(files, folder, baseOffset);
    if (!segments.holds(group)) {
      undoSwap(files, folder, baseOffset);
      return false;
    }
    const swapped = open(SWAP);
    segments.replace(group, swapped);
    const deleted = group.flatMap((segment) => segment.retire(folder));
    tools.removeLater(deleted, config.fileDeleteDelayMs);
    await files.syncFolderInPool(folder);
    swapped.close();
    // Retention may have taken it already.
    if (!segments.holds([swapped])) {
      undoSwap(files, folder, baseOffset);
      return false;
    }
    endSwap(files, folder, baseOffset);
    segments.replace([swapped], open(""));
    return true;
  } catch (error) {
    attempt(() => {
      throw error;
    });
    return false;
  }
}

/** What is left under temporary names goes; where that fails, the next start does it. */
function giveUp(log: PartitionLog, baseOffset: number, tools: CompactionTools): void {
  try {
    const deleted = setCleanedAside(log.internals.files, log.folder, baseOffset);
    if (deleted.length > 0) tools.removeLater(deleted, 0);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
}

class Cleaning {
  /** Whether anything differs from what was read. */
  hasChanged = false;
  readonly #cleaned: Segment;
  readonly #rules: CleaningRules;
  readonly #tools: CompactionTools;
  readonly #isStale: () => boolean;
  /** Used again for each chunk. */
  #output = Buffer.alloc(0);
  #unsyncedBytes = 0;

  constructor(cleaned: Segment, rules: SegmentCleaningRules, tools: CompactionTools, isStale: () => boolean) {
    this.#cleaned = cleaned;
    this.#rules = { ...rules, keepsAborted: (transaction) => cleaned.aborted.note(transaction) };
    this.#tools = tools;
    this.#isStale = isStale;
  }

  /** When this is done, the new segment is complete, durable and closed: some systems do not rename open files. */
  async copy(group: readonly Segment[]): Promise<CleaningOutcome> {
    for (const segment of group) {
      const outcome = await this.#copySegment(segment);
      if (outcome !== "done") return outcome;
    }
    this.#cleaned.seal();
    await this.#cleaned.flush();
    this.close();
    return "done";
  }

  close(): void {
    this.#cleaned.close();
  }

  async #copySegment(segment: Segment): Promise<CleaningOutcome> {
    const { chunkBytes, environment, pacer } = this.#tools;
    const chunks = new BatchChunks(segment, chunkBytes);
    for (;;) {
      const batches = await readChunk(chunks, this.#isStale);
      if (batches === "stopped") return "stopped";
      if (batches === null) return "damaged";
      if (batches.length === 0) return "done";
      const readBytes = bytesOf(batches);
      const job = { name: "compact records", run: () => this.#clean(batches) };
      const cleaned = await environment.offload(job, null);
      if (cleaned === "damaged") return "damaged";
      if (this.#isStale()) return "stopped";
      await this.#write(cleaned);
      await pacer.spend(readBytes + cleaned.length);
    }
  }

  *#clean(batches: readonly RecordBatch[]): Generator<void, Buffer | "damaged", void> {
    const parts: Buffer[] = [];
    for (const batch of batches) {
      const left = yield* cleanBatch(batch, this.#rules);
      if (left === "damaged") return "damaged";
      if (left !== "same") this.hasChanged = true;
      if (left !== "none") parts.push(left === "same" ? batch.bytes : left);
      yield;
    }
    return this.#joined(parts);
  }

  #joined(parts: readonly Buffer[]): Buffer {
    const bytes = parts.reduce((sum, { length }) => sum + length, 0);
    if (bytes > this.#output.length) this.#output = Buffer.allocUnsafe(bytes);
    let at = 0;
    for (const part of parts) at += part.copy(this.#output, at);
    return this.#output.subarray(0, bytes);
  }

  async #write(records: Buffer): Promise<void> {
    if (records.length === 0) return;
    this.#cleaned.append(records, readBatches(records).batches);
    this.#unsyncedBytes += records.length;
    if (this.#unsyncedBytes < SYNC_BYTES) return;
    this.#unsyncedBytes = 0;
    await this.#cleaned.file.sync();
  }
}
