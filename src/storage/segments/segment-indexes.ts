/**
 * What a segment knows of its records beside their bytes: a sparse offset index, a sparse time index, and the largest
 * timestamp. For an old segment nothing is read until it is needed.
 */
import type { Files } from "../../lib/environment.js";
import type { RecordBatch } from "../../protocol/records/batch.js";
import { segmentFileName } from "../files/file-names.js";
import type { LogConfig } from "../log-config.js";
import { IndexEntries } from "./index-entries.js";
import { OFFSET_ENTRY_BYTES, OffsetIndex } from "./offset-index.js";
import { TIME_ENTRY_BYTES, TimeIndex, type TimestampOffset } from "./time-index.js";

export class SegmentIndexes {
  readonly #baseOffset: number;
  readonly #offsetEntries: IndexEntries;
  readonly #timeEntries: IndexEntries;
  readonly #offsets: OffsetIndex;
  readonly #times: TimeIndex;
  readonly #intervalBytes: number;
  /** False until the index files of an old segment are first needed. */
  #isLoaded = false;
  #bytesSinceEntry = 0;
  #max: TimestampOffset;
  #isMaxKnown = false;

  constructor(files: Files, folder: string, baseOffset: number, config: LogConfig, suffix: string) {
    this.#baseOffset = baseOffset;
    const entries = (file: ".index" | ".timeindex", bytes: number) =>
      new IndexEntries(files, folder, `${segmentFileName(baseOffset, file)}${suffix}`, bytes);
    this.#offsetEntries = entries(".index", OFFSET_ENTRY_BYTES);
    this.#timeEntries = entries(".timeindex", TIME_ENTRY_BYTES);
    this.#offsets = new OffsetIndex(baseOffset, this.#offsetEntries);
    this.#times = new TimeIndex(baseOffset, this.#timeEntries);
    this.#intervalBytes = config.indexIntervalBytes;
    this.#max = { timestampMs: -1, offset: baseOffset };
  }

  /** All else that is said here needs the indexes, but for what is read without them. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** The largest timestamp, and the last offset of the batch that holds it. */
  get max(): TimestampOffset {
    return this.#max;
  }

  /** The same without loading the indexes; null when only they can tell. */
  readMax(): TimestampOffset | null {
    if (!this.#isMaxKnown) {
      const last = this.#times.readLast();
      if (last === null) return null;
      this.#max = last;
      this.#isMaxKnown = true;
    }
    return this.#max;
  }

  /** The same without stopping the loop. */
  async readMaxCold(): Promise<TimestampOffset | null> {
    if (!this.#isMaxKnown) {
      const last = await this.#times.readLastCold();
      if (last === null) return null;
      if (!this.#isMaxKnown) this.#max = last;
      this.#isMaxKnown = true;
    }
    return this.#max;
  }

  /** Where the last batch that has an entry begins, without loading the indexes; null when only they can tell. */
  readLastPosition(): number | null {
    return this.#isLoaded ? this.#offsets.lastPosition : this.#offsets.readLastPosition();
  }

  /** Where to begin searching for `offset`. */
  positionBefore(offset: number): number {
    return this.#offsets.positionBefore(offset);
  }

  /** A position before which no record is as late as `timestampMs`. */
  positionBeforeTimestamp(timestampMs: number): number {
    return this.#offsets.positionBefore(this.#times.offsetBefore(timestampMs));
  }

  isFull(indexBytesMax: number): boolean {
    return this.#offsets.isFull(indexBytesMax) || this.#times.isFull(indexBytesMax);
  }

  /** Reads the files. False: they are missing or damaged, and `restart` must begin them anew. */
  load(logBytes: number): boolean {
    return this.#use(this.#offsetEntries.read(), this.#timeEntries.read(), logBytes);
  }

  /** The same without stopping the loop. */
  async loadCold(logBytes: () => number): Promise<boolean> {
    const [offsets, times] = await Promise.all([this.#offsetEntries.readCold(), this.#timeEntries.readCold()]);
    return this.#isLoaded || this.#use(offsets, times, logBytes());
  }

  /** Forgets everything: the batches are noted anew. */
  restart(): void {
    this.#isLoaded = true;
    this.#isMaxKnown = true;
    this.#bytesSinceEntry = 0;
    this.#max = { timestampMs: -1, offset: this.#baseOffset };
    this.#offsetEntries.restart();
    this.#timeEntries.restart();
  }

  /** Learns of a batch at the end of the file, and gives it an entry when it is time for one. */
  note(batch: RecordBatch, position: number): void {
    this.noteTimestamp(batch);
    if (this.#bytesSinceEntry > this.#intervalBytes) {
      this.#offsets.append(batch.lastOffset, position);
      this.#times.append(this.#max);
      this.#bytesSinceEntry = 0;
    }
    this.#bytesSinceEntry += batch.sizeInBytes;
  }

  /** The largest timestamp may be that of this batch; one that compaction has emptied has no record of that time. */
  noteTimestamp({ maxTimestampMs, lastOffset, recordsCount }: RecordBatch): void {
    if (recordsCount === 0 || maxTimestampMs <= this.#max.timestampMs) return;
    this.#max = { timestampMs: maxTimestampMs, offset: lastOffset };
  }

  /** Forgets what lies at `offset` and behind. The batches behind the last entry have their timestamps noted anew. */
  truncate(offset: number): void {
    this.#bytesSinceEntry = 0;
    this.#offsets.truncate(offset);
    this.#times.truncate(offset);
    this.#max = this.#times.last;
  }

  /** No batch follows: the time index ends with the largest timestamp, as retention will need it. */
  seal(): void {
    this.#times.append(this.#max);
  }

  /** Brings the files up to date and makes them durable. True: at least one was written. */
  async flush(): Promise<boolean> {
    if (!this.#isLoaded) return false;
    const offsets = await this.#offsetEntries.flush();
    return (await this.#timeEntries.flush()) || offsets;
  }

  #use(offsets: Buffer | null, times: Buffer | null, logBytes: number): boolean {
    const isSound =
      this.#offsetEntries.accept(offsets) &&
      this.#timeEntries.accept(times) &&
      this.#offsets.isOrdered(logBytes) &&
      this.#times.isOrdered();
    if (isSound) {
      this.#isLoaded = true;
      this.#isMaxKnown = true;
      this.#max = this.#times.last;
    }
    return isSound;
  }
}
