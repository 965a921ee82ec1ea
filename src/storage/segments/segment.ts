/**
 * One segment of a log: a file of record batches, named by its base offset, with a sparse offset index, a sparse time index
 * and an index of the transactions that it has aborted. Only the last segment of a log is written to.
 */
import { type File, FileError, type Files } from "../../lib/environment.js";
import type { RecordBatch } from "../../protocol/records/batch.js";
import { syncFile } from "../files/disk-full.js";
import { segmentFileName } from "../files/file-names.js";
import type { LogConfig } from "../log-config.js";
import { AbortedTransactions } from "./aborted-transactions.js";
import { HeaderScan } from "./header-scan.js";
import { RELATIVE_OFFSET_MAX } from "./offset-index.js";
import { SegmentAge } from "./segment-age.js";
import { removeSegmentFiles, retireSegmentFiles } from "./segment-files.js";
import { SegmentIndexes } from "./segment-indexes.js";
import type { TimestampOffset } from "./time-index.js";

export interface Located {
  readonly position: number;
  readonly sizeInBytes: number;
}

/** What is about to be appended. */
export interface Incoming {
  readonly bytes: number;
  readonly lastOffset: number;
  readonly maxTimestampMs: number;
}

export class Segment {
  readonly baseOffset: number;
  readonly aborted: AbortedTransactions;
  readonly #files: Files;
  readonly #path: string;
  readonly #indexes: SegmentIndexes;
  readonly #age: SegmentAge;
  #file: File | null = null;
  #bytes: number;
  /** Whether a write that failed may have left bytes behind the end. */
  #isTorn = false;
  #isSynced = true;
  /** Whether no more batches are expected: only then are its indexes written down, for until then a crash checks it all. */
  #isSealed = false;
  /** Whether the folder may not know its files yet. */
  #isNew = false;
  #isClosed = false;

  private constructor(files: Files, folder: string, baseOffset: number, config: LogConfig, nowMs: number, suffix = "") {
    this.baseOffset = baseOffset;
    this.aborted = new AbortedTransactions(files, folder, baseOffset, suffix);
    this.#files = files;
    this.#path = `${folder}/${segmentFileName(baseOffset, ".log")}${suffix}`;
    this.#indexes = new SegmentIndexes(files, folder, baseOffset, config, suffix);
    this.#age = new SegmentAge(this.#path, nowMs);
    this.#bytes = files.stat(this.#path)?.bytes ?? 0;
  }

  /** A new, empty segment; what a crash left under its names is cut off. With a suffix, it is not part of the log yet. */
  static create(
    files: Files,
    folder: string,
    baseOffset: number,
    config: LogConfig,
    nowMs: number,
    suffix = "",
  ): Segment {
    const segment = new Segment(files, folder, baseOffset, config, nowMs, suffix);
    segment.#file = files.open(segment.#path, "create");
    segment.#file.truncate(0);
    segment.#bytes = 0;
    segment.#indexes.restart();
    segment.aborted.restart();
    segment.#isSynced = false;
    segment.#isNew = true;
    return segment;
  }

  /** A segment that was closed cleanly, or lies before the recovery point. Nothing is read until it is needed. */
  static open(
    files: Files,
    folder: string,
    baseOffset: number,
    config: LogConfig,
    nowMs: number,
    suffix = "",
  ): Segment {
    return new Segment(files, folder, baseOffset, config, nowMs, suffix);
  }

  /** Whether it was given up: by retention, by compaction, or with the whole log. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Throws once it is closed: another segment may have its name by then. */
  get file(): File {
    if (this.#isClosed) throw new FileError("EBADF", this.#path, `The segment ${this.#path} is closed`);
    this.#file ??= this.#files.open(this.#path, "write");
    return this.#file;
  }

  /** The largest timestamp in this segment, and the last offset of the batch that holds it. */
  get maxTimestamp(): TimestampOffset {
    const known = this.#indexes.readMax();
    if (known === null) this.#needIndexes();
    return known ?? this.#indexes.max;
  }

  /** The same without stopping the loop. */
  async loadMaxTimestamp(): Promise<TimestampOffset> {
    const known = await this.#indexes.readMaxCold();
    if (known === null) await this.loadIndexes();
    return known ?? this.#indexes.max;
  }

  /** Its largest timestamp; of records without any, when the file was last written. */
  get newestMs(): number {
    const { timestampMs } = this.maxTimestamp;
    return timestampMs >= 0 ? timestampMs : (this.#files.stat(this.#path)?.modifiedMs ?? -1);
  }

  /** Whether it must go to a new segment, as segment.bytes, segment.ms and the limits of the indexes have it. */
  mustRollBefore({ bytes, lastOffset, maxTimestampMs }: Incoming, config: LogConfig, nowMs: number): boolean {
    if (lastOffset - this.baseOffset > RELATIVE_OFFSET_MAX) return true;
    if (this.#bytes === 0) return false;
    this.#needIndexes();
    if (!this.#age.isKnown) this.#age.beginAt(this.scanFrom(0).next()?.maxTimestampMs ?? -1);
    return (
      this.#bytes > config.segmentBytes - bytes ||
      this.#age.isOverAt(maxTimestampMs, nowMs, config) ||
      this.#indexes.isFull(config.segmentIndexBytes)
    );
  }

  /** Writes the bytes of these batches, in one call. When it throws, nothing has changed, in memory or in the file. */
  append(records: Uint8Array, batches: readonly RecordBatch[]): void {
    this.#needIndexes();
    this.#cutTornTail();
    this.#isTorn = true;
    this.file.write([records], this.#bytes);
    this.#isTorn = false;
    this.#isSynced = false;
    this.#isSealed = false;
    for (const batch of batches) this.noteBatch(batch);
  }

  /** Counts a batch that lies at the end of the file. */
  noteBatch(batch: RecordBatch): void {
    if (this.#bytes === 0) this.#age.beginAt(batch.maxTimestampMs);
    this.#indexes.note(batch, this.#bytes);
    this.#bytes += batch.sizeInBytes;
  }

  /** The batch that holds `offset`, or else the next one behind it; null when the segment ends before. */
  locate(offset: number): Located | null {
    this.#needIndexes();
    const scan = this.scanFrom(this.#indexes.positionBefore(offset));
    for (let batch = scan.next(); batch !== null; batch = scan.next()) {
      if (batch.lastOffset >= offset) return { position: scan.position, sizeInBytes: batch.sizeInBytes };
    }
    return null;
  }

  /** Where to begin searching for `offset`; null while the indexes are not in memory. */
  knownPositionBefore(offset: number): number | null {
    return this.#indexes.isLoaded ? this.#indexes.positionBefore(offset) : null;
  }

  /** Reads the indexes without stopping the loop. */
  async loadIndexes(): Promise<void> {
    if (this.#indexes.isLoaded) return;
    const isSound = await this.#indexes.loadCold(() => this.#bytes);
    if (!isSound) this.#rebuildIndexes();
  }

  /** The headers from the batch at `position` to the end of the segment. */
  scanFrom(position: number): HeaderScan {
    return new HeaderScan(this.file, position, this.#bytes);
  }

  /** A position before which no record is as late as `timestampMs`. */
  positionBeforeTimestamp(timestampMs: number): number {
    this.#needIndexes();
    return this.#indexes.positionBeforeTimestamp(timestampMs);
  }

  /** The offset behind the last batch, and whether the file ends there too. */
  findEnd(): { readonly endOffset: number; readonly isWhole: boolean } {
    if (this.#indexes.readLastPosition() === null) this.#needIndexes();
    const scan = this.scanFrom(this.#indexes.readLastPosition() ?? 0);
    let endOffset = this.baseOffset;
    for (let batch = scan.next(); batch !== null; batch = scan.next()) endOffset = batch.lastOffset + 1;
    return { endOffset, isWhole: scan.position === this.#bytes };
  }

  /** The aborted transactions are noted anew. */
  restartAborted(): void {
    this.aborted.restart();
    this.#isSealed = true;
  }

  /** A copy of the whole batch at `position`. */
  readBatch({ position, sizeInBytes }: Located): Buffer {
    const bytes = Buffer.allocUnsafe(sizeInBytes);
    return bytes.subarray(0, this.file.read(bytes, position));
  }

  /** Cuts off the batch that holds `offset` and what follows it. */
  truncate(offset: number): void {
    const located = this.locate(offset);
    this.cutAt(located?.position ?? this.#bytes);
    // Before anything new is written: a power cut could else mix old batches with new ones that fit behind them.
    this.file.syncNow();
    this.#indexes.truncate(offset);
    this.aborted.truncate(offset);
    const scan = this.scanFrom(this.#indexes.positionBefore(this.#indexes.max.offset));
    for (let batch = scan.next(); batch !== null; batch = scan.next()) this.#indexes.noteTimestamp(batch);
  }

  /** Cuts the file, which may be longer than what was counted. */
  cutAt(bytes: number): void {
    this.file.truncate(bytes);
    this.#bytes = bytes;
    this.#isSynced = false;
    if (bytes === 0) this.#age.beginAt(null);
  }

  /** Forgets all that is known of the content, so that recovery counts it anew through `noteBatch`. */
  beginRecovery(): void {
    this.#forgetBatches();
    this.aborted.restart();
  }

  /** The segment gets no more batches: the time index ends with its largest timestamp, as retention will need it. */
  seal(): void {
    // Where the indexes were not needed, nothing has come since the segment was last sealed.
    if (!this.#indexes.isLoaded) return;
    this.#cutTornTail();
    this.#indexes.seal();
    this.#isSealed = true;
  }

  /** Makes the records durable, then the indexes of a sealed segment. True: its folder may have new files. */
  async flush(): Promise<boolean> {
    if (this.#isClosed) return false;
    if (!this.#isSynced) {
      this.#isSynced = true;
      await syncFile(this.file);
    }
    if (this.#isSealed && (await this.#indexes.flush())) this.#isNew = true;
    if (this.#isSealed && (await this.aborted.flush())) this.#isNew = true;
    const hasNewFiles = this.#isNew;
    this.#isNew = false;
    return hasNewFiles;
  }

  close(): void {
    this.#isClosed = true;
    this.#file?.close();
    this.#file = null;
  }

  /** Closes it and gives its files the names of deleted ones, which are returned: they are removed later. */
  retire(folder: string): readonly string[] {
    this.close();
    return retireSegmentFiles(this.#files, folder, this.baseOffset);
  }

  remove(folder: string): void {
    this.close();
    removeSegmentFiles(this.#files, folder, this.baseOffset);
  }

  /** Nobody may take what a failed write has left for records: a segment before the recovery point is not checked. */
  #cutTornTail(): void {
    if (!this.#isTorn) return;
    this.cutAt(this.#bytes);
    this.#isTorn = false;
  }

  #forgetBatches(): void {
    this.#bytes = 0;
    this.#age.beginAt(null);
    this.#isSynced = false;
    this.#indexes.restart();
  }

  #needIndexes(): void {
    if (!this.#indexes.isLoaded && !this.#indexes.load(this.#bytes)) this.#rebuildIndexes();
  }

  /** From the headers alone: the records were found sound when the segment was closed. */
  #rebuildIndexes(): void {
    const end = this.#bytes;
    this.#forgetBatches();
    const scan = new HeaderScan(this.file, 0, end);
    for (let batch = scan.next(); batch !== null; batch = scan.next()) this.noteBatch(batch);
    this.#bytes = end;
    this.seal();
  }
}
