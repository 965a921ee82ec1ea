/**
 * One segment of a log: a file of record batches, named by its base offset, with a sparse offset index and a sparse
 * time index. Only the last segment of a log is written to.
 */
import { type File, FileError, type Files } from "../lib/environment.js";
import type { RecordBatch } from "../protocol/records/batch.js";
import { crc32c } from "../protocol/records/crc32c.js";
import { DELETED, segmentFileName } from "./file-names.js";
import { HeaderScan } from "./header-scan.js";
import { IndexEntries } from "./index-entries.js";
import type { LogConfig } from "./log-config.js";
import { OFFSET_ENTRY_BYTES, OffsetIndex, RELATIVE_OFFSET_MAX } from "./offset-index.js";
import { TIME_ENTRY_BYTES, TimeIndex, type TimestampOffset } from "./time-index.js";

const SEGMENT_FILES = [".log", ".index", ".timeindex"] as const;

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
  readonly #files: Files;
  readonly #path: string;
  readonly #offsetEntries: IndexEntries;
  readonly #timeEntries: IndexEntries;
  readonly #offsetIndex: OffsetIndex;
  readonly #timeIndex: TimeIndex;
  readonly #indexIntervalBytes: number;
  readonly #createdMs: number;
  #file: File | null = null;
  #bytes: number;
  /** False until the index files of an old segment are first needed. */
  #isIndexed: boolean;
  #bytesSinceEntry = 0;
  #max: TimestampOffset;
  #isMaxKnown = false;
  #firstTimestampMs: number | null = null;
  #jitterShare: number | null = null;
  #isSynced = true;
  /** Whether no more batches are expected: only then are its indexes written down, for until then a crash checks it all. */
  #isSealed = false;
  /** Whether the folder may not know the file yet. */
  #isNew = false;
  #isClosed = false;

  private constructor(files: Files, folder: string, baseOffset: number, config: LogConfig, nowMs: number, suffix = "") {
    this.baseOffset = baseOffset;
    this.#files = files;
    this.#path = `${folder}/${segmentFileName(baseOffset, ".log")}${suffix}`;
    const entries = (file: ".index" | ".timeindex", bytes: number) =>
      new IndexEntries(files, folder, `${segmentFileName(baseOffset, file)}${suffix}`, bytes);
    this.#offsetEntries = entries(".index", OFFSET_ENTRY_BYTES);
    this.#timeEntries = entries(".timeindex", TIME_ENTRY_BYTES);
    this.#offsetIndex = new OffsetIndex(baseOffset, this.#offsetEntries);
    this.#timeIndex = new TimeIndex(baseOffset, this.#timeEntries);
    this.#indexIntervalBytes = config.indexIntervalBytes;
    this.#createdMs = nowMs;
    this.#max = { timestampMs: -1, offset: baseOffset };
    this.#bytes = files.stat(this.#path)?.bytes ?? 0;
    this.#isIndexed = false;
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
    segment.#isIndexed = true;
    segment.#isMaxKnown = true;
    segment.#isSynced = false;
    segment.#isNew = true;
    return segment;
  }

  /** A segment that was closed cleanly, or lies before the recovery point. Nothing is read until it is needed. */
  static open(files: Files, folder: string, baseOffset: number, config: LogConfig, nowMs: number): Segment {
    return new Segment(files, folder, baseOffset, config, nowMs);
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
    if (!this.#isMaxKnown) {
      const last = this.#timeIndex.readLast();
      if (last === null) this.#needIndexes();
      else this.#max = last;
      this.#isMaxKnown = true;
    }
    return this.#max;
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
    return (
      this.#bytes > config.segmentBytes - bytes ||
      this.#waitedMs(maxTimestampMs, nowMs) > config.segmentMs - this.#jitterMs(config) ||
      this.#offsetIndex.isFull(config.segmentIndexBytes) ||
      this.#timeIndex.isFull(config.segmentIndexBytes)
    );
  }

  /** Writes the bytes of these batches, in one call. Nothing in memory changes when it throws. */
  append(records: Uint8Array, batches: readonly RecordBatch[]): void {
    this.#needIndexes();
    this.file.write([records], this.#bytes);
    this.#isSynced = false;
    this.#isSealed = false;
    for (const batch of batches) this.noteBatch(batch);
  }

  /** Counts a batch that lies at the end of the file, and gives it an index entry when it is time for one. */
  noteBatch(batch: RecordBatch): void {
    const { lastOffset, maxTimestampMs, sizeInBytes } = batch;
    if (this.#bytes === 0) this.#firstTimestampMs = maxTimestampMs;
    this.#noteTimestamp(batch);
    if (this.#bytesSinceEntry > this.#indexIntervalBytes) {
      this.#offsetIndex.append(lastOffset, this.#bytes);
      this.#timeIndex.append(this.#max);
      this.#bytesSinceEntry = 0;
    }
    this.#bytesSinceEntry += sizeInBytes;
    this.#bytes += sizeInBytes;
  }

  /** The batch that holds `offset`, or else the next one behind it; null when the segment ends before. */
  locate(offset: number): Located | null {
    this.#needIndexes();
    const scan = this.scanFrom(this.#offsetIndex.positionBefore(offset));
    for (let batch = scan.next(); batch !== null; batch = scan.next()) {
      if (batch.lastOffset >= offset) return { position: scan.position, sizeInBytes: batch.sizeInBytes };
    }
    return null;
  }

  /** Where to begin searching for `offset`; null while the indexes are not in memory. */
  knownPositionBefore(offset: number): number | null {
    return this.#isIndexed ? this.#offsetIndex.positionBefore(offset) : null;
  }

  /** Reads the indexes without stopping the loop. */
  async loadIndexes(): Promise<void> {
    if (this.#isIndexed) return;
    const [offsets, times] = await Promise.all([this.#offsetEntries.readCold(), this.#timeEntries.readCold()]);
    if (!this.#isIndexed) this.#useIndexes(offsets, times);
  }

  /** The headers from the batch at `position` to the end of the segment. */
  scanFrom(position: number): HeaderScan {
    return new HeaderScan(this.file, position, this.#bytes);
  }

  /** A position before which no record is as late as `timestampMs`. */
  positionBeforeTimestamp(timestampMs: number): number {
    this.#needIndexes();
    return this.#offsetIndex.positionBefore(this.#timeIndex.offsetBefore(timestampMs));
  }

  /** The offset behind the last batch, and whether the file ends there too. */
  findEnd(): { readonly endOffset: number; readonly isWhole: boolean } {
    const lastPosition = this.#isIndexed ? null : this.#offsetIndex.readLastPosition();
    if (lastPosition === null) this.#needIndexes();
    const scan = this.scanFrom(lastPosition ?? this.#offsetIndex.lastPosition);
    let endOffset = this.baseOffset;
    for (let batch = scan.next(); batch !== null; batch = scan.next()) endOffset = batch.lastOffset + 1;
    return { endOffset, isWhole: scan.position === this.#bytes };
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
    this.#offsetIndex.truncate(offset);
    this.#timeIndex.truncate(offset);
    this.#max = this.#timeIndex.last;
    const scan = this.scanFrom(this.#offsetIndex.positionBefore(this.#max.offset));
    for (let batch = scan.next(); batch !== null; batch = scan.next()) this.#noteTimestamp(batch);
  }

  /** Cuts the file, which may be longer than what was counted. */
  cutAt(bytes: number): void {
    this.file.truncate(bytes);
    this.#bytes = bytes;
    this.#bytesSinceEntry = 0;
    this.#isSynced = false;
    if (bytes === 0) this.#firstTimestampMs = null;
  }

  /** Forgets all that is known of the content, so that recovery counts it anew through `noteBatch`. */
  beginRecovery(): void {
    this.#bytes = 0;
    this.#bytesSinceEntry = 0;
    this.#max = { timestampMs: -1, offset: this.baseOffset };
    this.#firstTimestampMs = null;
    this.#offsetEntries.restart();
    this.#timeEntries.restart();
    this.#isIndexed = true;
    this.#isMaxKnown = true;
    this.#isSynced = false;
  }

  /** The segment gets no more batches: the time index ends with its largest timestamp, as retention will need it. */
  seal(): void {
    // Where the indexes were not needed, nothing has come since the segment was last sealed.
    if (!this.#isIndexed) return;
    this.#timeIndex.append(this.#max);
    this.#isSealed = true;
  }

  /** Makes the records durable, then the indexes of a sealed segment. True: its folder may have new files. */
  async flush(): Promise<boolean> {
    if (this.#isClosed) return false;
    if (!this.#isSynced) {
      this.#isSynced = true;
      await this.file.sync();
    }
    let hasNewFiles = this.#isNew;
    this.#isNew = false;
    if (!this.#isSealed) return hasNewFiles;
    for (const entries of [this.#offsetEntries, this.#timeEntries]) {
      hasNewFiles = (await entries.flush()) || hasNewFiles;
    }
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
    const deleted: string[] = [];
    for (const file of SEGMENT_FILES) {
      const path = `${folder}/${segmentFileName(this.baseOffset, file)}`;
      // An index that was never needed may not exist.
      if (this.#files.stat(path) === null) continue;
      this.#files.rename(path, `${path}${DELETED}`);
      deleted.push(`${path}${DELETED}`);
    }
    return deleted;
  }

  remove(folder: string): void {
    this.close();
    for (const file of SEGMENT_FILES) {
      this.#files.remove(`${folder}/${segmentFileName(this.baseOffset, file)}`);
    }
  }

  #waitedMs(maxTimestampMs: number, nowMs: number): number {
    this.#firstTimestampMs ??= this.scanFrom(0).next()?.maxTimestampMs ?? -1;
    return this.#firstTimestampMs >= 0 ? maxTimestampMs - this.#firstTimestampMs : nowMs - this.#createdMs;
  }

  /** Not chance, but as good: the segments of no two partitions have it in common. */
  #jitterMs({ segmentJitterMs, segmentMs }: LogConfig): number {
    if (segmentJitterMs === 0) return 0;
    this.#jitterShare ??= crc32c(Buffer.from(this.#path)) / 2 ** 32;
    return Math.floor(this.#jitterShare * Math.min(segmentJitterMs, segmentMs));
  }

  #needIndexes(): void {
    if (!this.#isIndexed) this.#useIndexes(this.#offsetEntries.read(), this.#timeEntries.read());
  }

  #useIndexes(offsets: Buffer | null, times: Buffer | null): void {
    this.#isIndexed = true;
    this.#isMaxKnown = true;
    const isSound =
      this.#offsetEntries.accept(offsets) &&
      this.#timeEntries.accept(times) &&
      this.#offsetIndex.isOrdered(this.#bytes) &&
      this.#timeIndex.isOrdered();
    if (isSound) this.#max = this.#timeIndex.last;
    else this.#rebuildIndexes();
  }

  /** A batch that compaction has emptied has no record of that time. */
  #noteTimestamp({ maxTimestampMs, lastOffset, recordsCount }: RecordBatch): void {
    if (recordsCount === 0 || maxTimestampMs <= this.#max.timestampMs) return;
    this.#max = { timestampMs: maxTimestampMs, offset: lastOffset };
  }

  /** From the headers alone: the records were found sound when the segment was closed. */
  #rebuildIndexes(): void {
    const end = this.#bytes;
    this.beginRecovery();
    const scan = new HeaderScan(this.file, 0, end);
    for (let batch = scan.next(); batch !== null; batch = scan.next()) this.noteBatch(batch);
    this.#bytes = end;
    this.seal();
  }
}
