/**
 * Loads the log in a folder. After a clean stop its files are trusted. After an unclean one every batch from the recovery
 * point on is checked, the log is cut behind the last sound one, and the indexes are built again.
 */
import { type RecordBatch, readBatches } from "../../protocol/records/batch.js";
import { finishSwaps } from "../compaction/swap-segment.js";
import { readLeaderEpochs } from "../files/checkpoints.js";
import { DELETED, offsetInFileName, segmentFileName } from "../files/file-names.js";
import { LeaderEpochs } from "../leader-epochs.js";
import type { PlacedLog } from "../log-parts.js";
import { PartitionLog } from "../partition-log.js";
import { removeDamagedSnapshots, snapshotOffsets } from "../producers/producer-snapshot.js";
import { rebuildProducers } from "../producers/rebuild-producers.js";
import { RELATIVE_OFFSET_MAX } from "../segments/offset-index.js";
import { Segment } from "../segments/segment.js";
import { Segments } from "../segments/segments.js";

export interface LogToLoad extends PlacedLog {
  readonly nowMs: number;
  /** Whether the log was closed; else it is checked from `recoveryPoint` on. */
  readonly isClean: boolean;
  /** From the checkpoints of the data folder; 0 where they tell nothing. */
  readonly recoveryPoint: number;
  readonly logStartOffset: number;
  readonly highWatermark: number;
}

/** Read at once while checking; a larger batch is read as a whole. */
const CHECKED_BYTES = 1024 * 1024;

/** Yields between portions of work, so that a long recovery need not stop the loop. */
export function* loadLog(load: LogToLoad): Generator<void, PartitionLog, void> {
  const { files, folder } = load;
  const found = files.list(folder);
  const swappedFrom = finishSwaps(files, folder, found);
  const names = swappedFrom === Number.POSITIVE_INFINITY ? found : files.list(folder);
  const leaderEpochs = new LeaderEpochs(readLeaderEpochs(files, folder));
  const segments = openSegments(load, new Set(names));
  // Of those before the start, a power cut may have brought some back and others not.
  for (let old = segments.takeFirstBefore(load.logStartOffset); old !== null; ) {
    old.remove(folder);
    old = segments.takeFirstBefore(load.logStartOffset);
  }
  const isWhole = load.isClean && segments.active.findEnd().isWhole;
  const checkFrom = load.isClean ? segments.active.baseOffset : load.recoveryPoint;
  const checked = isWhole ? null : segments.from(checkFrom)[0];
  if (!isWhole) yield* checkSegments(segments, checkFrom, load, leaderEpochs);
  const logStartOffset = Math.max(load.logStartOffset, segments.first.baseOffset);
  if (segments.active.findEnd().endOffset < logStartOffset) startAnew(segments, logStartOffset, load);
  const { endOffset } = segments.active.findEnd();
  // An epoch that began at the end, and has no record yet, stays.
  leaderEpochs.truncateEnd(endOffset + 1);
  leaderEpochs.truncateStart(segments.first.baseOffset);
  leaderEpochs.hideBefore(logStartOffset);
  const damagedFrom = restartAborted(segments, swappedFrom);
  const reindexFrom = Math.min(damagedFrom, checked?.baseOffset ?? endOffset, endOffset);
  const present = snapshotOffsets(names);
  const snapshots = load.isClean ? present : removeDamagedSnapshots(files, folder, present);
  // A killed process may have left them in memory only.
  const unsyncedSnapshots = load.isClean ? [] : snapshots.filter((offset) => offset >= load.recoveryPoint);
  const producers = yield* rebuildProducers({ files, folder, segments, snapshots, endOffset, reindexFrom });
  return new PartitionLog({
    ...load,
    segments,
    leaderEpochs,
    producers,
    unsyncedSnapshots,
    logStartOffset,
    endOffset,
    highWatermark: Math.min(Math.max(load.highWatermark, logStartOffset), endOffset),
    recoveryPoint: Math.min(isWhole ? endOffset : load.recoveryPoint, endOffset, damagedFrom),
  });
}

/** The same at once: for a new log, or one so small that nothing is kept waiting. */
export function loadLogNow(load: LogToLoad): PartitionLog {
  const work = loadLog(load);
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

function openSegments(
  { files, folder, config, nowMs, logStartOffset }: LogToLoad,
  names: ReadonlySet<string>,
): Segments {
  const segments: Segment[] = [];
  for (const name of names) {
    const baseOffset = offsetInFileName(name, ".log");
    if (name.endsWith(DELETED) || isOrphan(name, names)) files.remove(`${folder}/${name}`);
    if (baseOffset !== null) segments.push(Segment.open(files, folder, baseOffset, config, nowMs));
  }
  if (segments.length === 0) segments.push(Segment.create(files, folder, logStartOffset, config, nowMs));
  return new Segments(segments);
}

/** An index whose segment is gone: a power cut may undo one rename and not another. */
function isOrphan(name: string, names: ReadonlySet<string>): boolean {
  const ofIndex = ([".index", ".timeindex", ".txnindex"] as const).map((file) => offsetInFileName(name, file));
  const baseOffset = ofIndex.find((offset) => offset !== null) ?? null;
  return baseOffset !== null && !names.has(segmentFileName(baseOffset, ".log"));
}

/**
 * Checks the segments from the one with `from` on. What follows the first damage is of no use to anyone, and a segment
 * that ends before the next one begins has lost its end: a power cut may keep a new segment and not the last bytes of the
 * old one. (Compaction leaves such gaps too, but only where the recovery point on disk lies behind them.)
 */
function* checkSegments(
  segments: Segments,
  from: number,
  { folder }: LogToLoad,
  leaderEpochs: LeaderEpochs,
): Generator<void, void, void> {
  const toCheck = segments.from(from);
  // The batches tell: what the checkpoint says of them may be of others, which were cut off before.
  leaderEpochs.truncateEnd((toCheck[0]?.baseOffset ?? from) + 1);
  for (const [at, segment] of toCheck.entries()) {
    const check = new SegmentCheck(segment, leaderEpochs);
    while (check.step()) yield;
    segment.seal();
    const next = toCheck[at + 1];
    if (check.isSound && (next === undefined || next.baseOffset === check.endOffset)) continue;
    for (const lost of segments.takeFrom(segment.baseOffset + 1)) lost.remove(folder);
    return;
  }
}

/** Where the transaction indexes are damaged, or `from` if that is before: from there on they are begun anew. */
function restartAborted(segments: Segments, from: number): number {
  const damaged = segments.all.find((segment) => !segment.aborted.load());
  const start = Math.min(from, damaged?.baseOffset ?? Number.POSITIVE_INFINITY);
  for (const segment of segments.all) if (segment.baseOffset >= start) segment.restartAborted();
  return start;
}

/** Everything was lost up to an offset that was already deleted: the log goes on from there. */
function startAnew(segments: Segments, logStartOffset: number, { files, folder, config, nowMs }: LogToLoad): void {
  const fresh = Segment.create(files, folder, logStartOffset, config, nowMs);
  fresh.seal();
  for (const segment of segments.replaceAll(fresh)) {
    if (segment.baseOffset !== logStartOffset) segment.remove(folder);
  }
}

/** Walks one segment batch by batch and counts each sound one into it anew. */
class SegmentCheck {
  endOffset: number;
  /** False once damage was found; the segment is cut there. */
  isSound = true;
  readonly #segment: Segment;
  readonly #leaderEpochs: LeaderEpochs;
  readonly #fileBytes: number;
  #buffer: Buffer;
  #position = 0;

  constructor(segment: Segment, leaderEpochs: LeaderEpochs) {
    this.#segment = segment;
    this.#fileBytes = segment.file.bytes;
    this.#buffer = Buffer.allocUnsafe(Math.min(this.#fileBytes, CHECKED_BYTES));
    this.#leaderEpochs = leaderEpochs;
    this.endOffset = segment.baseOffset;
    segment.beginRecovery();
  }

  /** Checks the next portion. False: the segment is done. */
  step(): boolean {
    const left = this.#fileBytes - this.#position;
    const wanted = Math.min(left, this.#buffer.length);
    const bytes = this.#segment.file.read(this.#buffer.subarray(0, wanted), this.#position);
    const { batches, end, stop } = readBatches(this.#buffer.subarray(0, bytes));
    for (const batch of batches) {
      if (!this.#accept(batch)) return this.#cut();
    }
    this.#position += end;
    if (stop === null) return this.#position < this.#fileBytes || this.#finish();
    if (stop !== "torn" || bytes === left) return this.#cut();
    if (end === 0) this.#buffer = Buffer.allocUnsafe(Math.min(left, this.#buffer.length * 2));
    return true;
  }

  #accept(batch: RecordBatch): boolean {
    const { baseOffset, lastOffset, leaderEpoch } = batch;
    const isInPlace = baseOffset >= this.endOffset && lastOffset - this.#segment.baseOffset <= RELATIVE_OFFSET_MAX;
    if (!isInPlace || lastOffset < baseOffset || !batch.hasValidCrc()) return false;
    // Epochs never go back: here is what a power cut has left of an end that was cut off, behind what was written since.
    if (leaderEpoch >= 0 && leaderEpoch < this.#leaderEpochs.epochAt(baseOffset - 1)) return false;
    if (leaderEpoch >= 0 && leaderEpoch !== this.#leaderEpochs.epochAt(baseOffset)) {
      this.#leaderEpochs.truncateEnd(baseOffset);
      this.#leaderEpochs.assign(leaderEpoch, baseOffset);
    }
    this.#segment.noteBatch(batch);
    this.endOffset = lastOffset + 1;
    return true;
  }

  #cut(): false {
    this.isSound = false;
    return this.#finish();
  }

  #finish(): false {
    if (this.#segment.bytes < this.#fileBytes) this.#segment.cutAt(this.#segment.bytes);
    return false;
  }
}
