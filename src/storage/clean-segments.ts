/** Writes a few neighbouring segments anew as one, without the records that compaction gives up. */
import { FileError } from "../lib/environment.js";
import { type RecordBatch, readBatches } from "../protocol/records/batch.js";
import { BatchChunks, bytesOf, readChunk } from "./batch-chunks.js";
import { type CleaningRules, cleanBatch } from "./clean-batch.js";
import type { CompactionTools } from "./compaction-tools.js";
import type { PartitionLog } from "./partition-log.js";
import { Segment } from "./segment.js";
import { CLEANED, removeCleaned, swapIn } from "./swap-segment.js";

export type CleaningOutcome = "done" | "stopped" | "damaged";

/** The new segment is synced each time it has grown by so much, so that no sync takes long. */
const SYNC_BYTES = 16 * 1024 * 1024;

export async function cleanSegments(
  log: PartitionLog,
  group: readonly Segment[],
  rules: CleaningRules,
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
    if (isNeeded && (isStale() || !putInPlace(log, group, tools))) outcome = "stopped";
    return outcome;
  } finally {
    cleaning.close();
    giveUp(log, first.baseOffset);
  }
}

/** False: a segment of the group has been deleted meanwhile. */
function putInPlace(log: PartitionLog, group: readonly Segment[], tools: CompactionTools): boolean {
  const { files, segments, attempt } = log.internals;
  const [first] = group;
  if (first === undefined || !segments.holds(group)) return false;
  const done = attempt(() => {
    const deleted = swapIn(files, log.folder, first.baseOffset, group);
    segments.replace(group, Segment.open(files, log.folder, first.baseOffset, log.config, 0));
    tools.removeLater(deleted, log.config.fileDeleteDelayMs);
    return true;
  });
  return done === true;
}

/** What is left under temporary names goes; where that fails, the next start does it. */
function giveUp(log: PartitionLog, baseOffset: number): void {
  try {
    removeCleaned(log.internals.files, log.folder, baseOffset);
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
  #unsyncedBytes = 0;

  constructor(cleaned: Segment, rules: CleaningRules, tools: CompactionTools, isStale: () => boolean) {
    this.#cleaned = cleaned;
    this.#rules = rules;
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
      const job = { name: "compact records", run: () => this.#clean(batches) };
      const cleaned = await environment.offload(job, null);
      if (cleaned === "damaged") return "damaged";
      if (this.#isStale()) return "stopped";
      await this.#write(cleaned);
      await pacer.spend(bytesOf(batches) + cleaned.length);
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
    return Buffer.concat(parts);
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
