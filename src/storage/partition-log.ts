/**
 * The log of one partition: appends to its last segment, reads from all of them, and knows its offsets. Every failure of
 * the disk takes the log offline: from then on it answers KAFKA_STORAGE_ERROR, until it is loaded again.
 */
import { FileError, type Files, type Instant } from "../lib/environment.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import type { RecordBatch } from "../protocol/records/batch.js";
import { type AppendOrigin, checkAppend, checkFollowerAppend } from "./check-append.js";
import { writeTopicId } from "./checkpoints.js";
import { Durability } from "./durability.js";
import { type FoundOffset, findByTimestamp, findMaxTimestamp } from "./find-offset.js";
import type { EpochEnd, LeaderEpochs } from "./leader-epochs.js";
import type { LogConfig } from "./log-config.js";
import type { LogInternals } from "./log-internals.js";
import type { LogParts } from "./log-parts.js";
import { type Appended, type AppendResult, type LogRead, type StorageError, storageError } from "./log-results.js";
import { LogWriter } from "./log-writer.js";
import type { ReadBuffers } from "./read-buffers.js";
import { coldSegment, readCold } from "./read-cold.js";
import { nothingRead, type ReadRequest, readRecordsFrom } from "./read-log.js";
import { type RetainedLog, retainFrom } from "./retain.js";
import type { Segment } from "./segment.js";
import type { Segments } from "./segments.js";
import type { WarmPieces } from "./warm-pieces.js";

export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  readonly folder: string;
  readonly #files: Files;
  readonly #buffers: ReadBuffers;
  readonly #warm: WarmPieces;
  readonly #segments: Segments;
  readonly #leaderEpochs: LeaderEpochs;
  readonly #durability: Durability;
  readonly #writer: LogWriter;
  #topicId: string | null;
  #config: LogConfig;
  #logStartOffset: number;
  #highWatermark: number;
  #failure: FileError | null = null;

  constructor(parts: LogParts) {
    this.topic = parts.topic;
    this.partition = parts.partition;
    this.folder = parts.folder;
    this.#topicId = parts.topicId;
    this.#files = parts.files;
    this.#buffers = parts.buffers;
    this.#warm = parts.warm;
    this.#config = parts.config;
    this.#segments = parts.segments;
    this.#leaderEpochs = parts.leaderEpochs;
    this.#logStartOffset = parts.logStartOffset;
    this.#highWatermark = parts.highWatermark;
    const { files, folder, segments, leaderEpochs, recoveryPoint } = parts;
    this.#durability = new Durability(files, folder, segments, leaderEpochs, recoveryPoint);
    this.#writer = new LogWriter(parts, this.#durability);
  }

  /** Null: its file is lost; `assignTopicId` writes it anew. */
  get topicId(): string | null {
    return this.#topicId;
  }

  get logStartOffset(): number {
    return this.#logStartOffset;
  }

  /** The offset that the next record gets. */
  get endOffset(): number {
    return this.#writer.endOffset;
  }

  get highWatermark(): number {
    return this.#highWatermark;
  }

  /** No transaction can be open yet, so all that is committed is stable. */
  get lastStableOffset(): number {
    return this.#highWatermark;
  }

  /** After a crash nothing below needs a look. */
  get recoveryPoint(): number {
    return this.#durability.recoveryPoint;
  }

  /** Up to here the log is as durable as `flush.messages` wants it; what is behind waits for a flush. */
  get settledOffset(): number {
    const { durableOffset } = this.#durability;
    return this.endOffset - durableOffset < this.#config.flushMessages ? this.endOffset : durableOffset;
  }

  /** The bytes of its segments on disk. */
  get bytes(): number {
    return this.#segments.bytes;
  }

  /** Why the log is offline, or null. */
  get failure(): FileError | null {
    return this.#failure;
  }

  get config(): LogConfig {
    return this.#config;
  }

  /** For compaction, which works beside appends and fetches. */
  get internals(): LogInternals {
    const { rewinds } = this.#durability;
    const attempt: LogInternals["attempt"] = (run) => this.#attempt(run);
    return { files: this.#files, segments: this.#segments, producers: this.#writer.producers, rewinds, attempt };
  }

  configure(config: LogConfig): void {
    this.#config = config;
  }

  assignTopicId(topicId: string): void {
    writeTopicId(this.#files, this.folder, topicId);
    this.#topicId = topicId;
  }

  /** Never goes back, never beyond the end of the log. */
  setHighWatermark(offset: number): void {
    this.#highWatermark = Math.max(this.#highWatermark, Math.min(offset, this.endOffset));
  }

  /** The epoch of the record at `offset`; -1 where it is unknown. */
  leaderEpochAt(offset: number): number {
    return this.#leaderEpochs.epochAt(offset);
  }

  /** -1: no epoch began yet. */
  get latestLeaderEpoch(): number {
    return this.#leaderEpochs.latest?.epoch ?? -1;
  }

  /** The answer of OffsetForLeaderEpoch (KIP-101, KIP-279). */
  epochEndOffset(epoch: number): EpochEnd {
    return this.#leaderEpochs.endOf(epoch, this.endOffset);
  }

  assignEpoch(leaderEpoch: number, startOffset: number): void {
    this.#leaderEpochs.assign(leaderEpoch, startOffset);
  }

  /**
   * Appends the one batch in `records`: it gets its offsets and leader epoch in place, and the time under LogAppendTime.
   * A batch that the producer sent before is answered with its first offset.
   */
  appendAsLeader(
    records: Uint8Array,
    at: { readonly leaderEpoch: number; readonly origin: AppendOrigin; readonly now: Instant },
  ): AppendResult {
    if (this.#failure !== null) return storageError(this.#failure);
    const batch = checkAppend(records, at.origin, this.#config, at.now);
    if ("errorCode" in batch) return batch;
    const verdict = this.#writer.producers.check(batch, at.origin);
    if (verdict.name === "refuse") return { errorCode: verdict.errorCode, errorMessage: verdict.errorMessage };
    if (verdict.name === "duplicate") return this.#appended(verdict.of, verdict.of.maxTimestampMs);
    const takesAppendTime = this.#config.messageTimestampType === "LogAppendTime";
    batch.place(this.endOffset, at.leaderEpoch);
    if (takesAppendTime) batch.stampLogAppendTime(at.now.wallMs);
    return this.#attempt(() => {
      this.#write(batch.bytes, [batch], at.now);
      return this.#appended(batch, takesAppendTime ? at.now.wallMs : -1);
    });
  }

  /** Appends batches that have their offsets: from the leader, or of the metadata log. */
  appendAsFollower(records: Uint8Array, now: Instant): AppendResult {
    if (this.#failure !== null) return storageError(this.#failure);
    const batches = checkFollowerAppend(records, this.endOffset);
    if ("errorCode" in batches) return batches;
    return this.#attempt(() => {
      const baseOffset = this.endOffset;
      this.#write(records, batches, now);
      return this.#appended({ baseOffset, lastOffset: this.endOffset - 1 }, -1);
    });
  }

  /** Whole batches from the one that holds `from`, up to but without the one that begins at `upTo` or behind it. */
  read(from: number, maxBytes: number, upTo: number, minOneBatch: boolean): LogRead {
    if (this.#failure !== null) return storageError(this.#failure);
    if (from < this.#logStartOffset || from > this.endOffset) return { errorCode: errors.OFFSET_OUT_OF_RANGE.code };
    if (from >= upTo) return nothingRead(from);
    return this.#attempt(() =>
      readRecordsFrom(this.#segments, this.#buffers, this.#warm, { from, maxBytes, upTo, minOneBatch }),
    );
  }

  /** The same, but what may not be in memory is waited for, so that nobody else has to. */
  fetch(from: number, maxBytes: number, upTo: number, minOneBatch: boolean): LogRead | Promise<LogRead> {
    const isWithin = this.#failure === null && from >= this.#logStartOffset && from < Math.min(upTo, this.endOffset);
    const request = { from, maxBytes, upTo, minOneBatch };
    const cold = isWithin ? coldSegment(this.#segments, this.#warm, request) : null;
    return cold === null ? this.read(from, maxBytes, upTo, minOneBatch) : this.#fetchCold(cold, request);
  }

  /** The first record that is not earlier than `timestampMs`; null when all are. */
  offsetForTimestamp(timestampMs: number): FoundOffset | null | { readonly errorCode: ErrorCode } {
    if (this.#failure !== null) return storageError(this.#failure);
    return this.#attempt(() => findByTimestamp(this.#segments, timestampMs, this.#logStartOffset));
  }

  /** The record with the largest timestamp; null in a log without timestamps. */
  maxTimestamp(): FoundOffset | null | { readonly errorCode: ErrorCode } {
    if (this.#failure !== null) return storageError(this.#failure);
    return this.#attempt(() => findMaxTimestamp(this.#segments));
  }

  /** DeleteRecords: nothing below `offset` is served any more. */
  deleteRecordsBefore(offset: number): ErrorCode {
    if (offset > this.#highWatermark) return errors.OFFSET_OUT_OF_RANGE.code;
    if (offset > this.#logStartOffset) this.#startAt(offset);
    return errors.NONE.code;
  }

  /**
   * Moves the start of the log to where retention wants it. An active segment that is given up makes way for a new one.
   * True: segments lie before the start. Once the start is written down, `retireSegment` takes them out.
   */
  applyRetention(nowMs: number): boolean {
    if (this.#failure !== null) return false;
    const isDone = this.#attempt(() => {
      const from = retainFrom({ ...this.#offsets, segments: this.#segments.all }, this.#config, nowMs);
      // The start may lie inside the active segment, where DeleteRecords has put it; then nothing is rolled.
      if (from === this.endOffset && from > this.#segments.active.baseOffset) {
        this.#writer.roll(from, this.#config, nowMs);
        void this.flush();
      }
      if (from > this.#logStartOffset) this.#startAt(from);
      return this.#segments.hasBefore(from);
    });
    return isDone === true;
  }

  /** Takes the oldest segment out of the log if it lies before the start: its files, which the caller removes later. */
  retireSegment(): readonly string[] {
    if (this.#failure !== null) return [];
    const files = this.#attempt(() => this.#segments.takeFirstBefore(this.#logStartOffset)?.retire(this.folder) ?? []);
    // A compaction that is under way notices by this.
    this.#durability.rewind(this.endOffset);
    return "errorCode" in files ? [] : files;
  }

  /** Cuts off the records from `offset` on, which a new leader does not have. */
  truncateTo(offset: number): ErrorCode {
    if (this.#failure !== null) return errors.KAFKA_STORAGE_ERROR.code;
    if (offset >= this.endOffset) return errors.NONE.code;
    const done = this.#attempt(() => {
      this.#writer.truncateTo(offset);
      this.#logStartOffset = Math.min(this.#logStartOffset, this.endOffset);
      this.#highWatermark = Math.min(this.#highWatermark, this.endOffset);
      return null;
    });
    return done === null ? errors.NONE.code : done.errorCode;
  }

  expireProducers(nowMs: number): void {
    this.#writer.producers.expire(nowMs, this.#config.producerIdExpirationMs);
  }

  /** Makes everything durable that is in the log now. */
  async flush(): Promise<ErrorCode> {
    if (this.#failure !== null) return errors.KAFKA_STORAGE_ERROR.code;
    try {
      await this.#durability.flush(() => this.endOffset);
      return errors.NONE.code;
    } catch (error) {
      return this.#failed(error).errorCode;
    }
  }

  /** Does so if records have waited for it as long as `flush.ms` allows. */
  async flushIfOld(monotonicMs: number): Promise<void> {
    if (this.#durability.isDirtyFor(this.#config.flushMs, monotonicMs)) await this.flush();
  }

  /** Leaves the files so that the next start need not look through them. */
  async close(): Promise<ErrorCode> {
    if (this.#failure === null) {
      this.#attempt(() => {
        this.#writer.seal();
        return null;
      });
    }
    const errorCode = await this.flush();
    this.release();
    return errorCode;
  }

  /** Gives up the files as they are. */
  release(): void {
    this.#failure ??= new FileError("EBADF", this.folder, `The log in ${this.folder} is closed`);
    for (const segment of this.#segments.all) segment.close();
  }

  get #offsets(): Pick<RetainedLog, "logStartOffset" | "highWatermark" | "endOffset"> {
    return { logStartOffset: this.#logStartOffset, highWatermark: this.#highWatermark, endOffset: this.endOffset };
  }

  #startAt(offset: number): void {
    this.#logStartOffset = offset;
    this.#leaderEpochs.hideBefore(offset);
  }

  #write(records: Uint8Array, batches: readonly RecordBatch[], now: Instant): void {
    // The old segment is made durable beside the work that goes on.
    if (this.#writer.append(records, batches, this.#config, now)) void this.flush();
  }

  async #fetchCold(segment: Segment, request: ReadRequest): Promise<LogRead> {
    const { from, maxBytes, upTo, minOneBatch } = request;
    try {
      const read = await readCold(segment, this.#buffers, this.#warm, request);
      if (read !== null) return read;
      // Compaction may have emptied the end of the segment: what follows is in the next one.
      const next = this.#segments.after(segment);
      return next === null || next.baseOffset >= upTo ? nothingRead(from) : this.#fetchCold(next, request);
    } catch (error) {
      // Retention or compaction took the segment away meanwhile.
      if (segment.isClosed) return this.fetch(from, maxBytes, upTo, minOneBatch);
      return this.#failed(error);
    }
  }

  #appended(batch: { readonly baseOffset: number; readonly lastOffset: number }, logAppendTimeMs: number): Appended {
    const { baseOffset, lastOffset } = batch;
    return { baseOffset, lastOffset, logAppendTimeMs, logStartOffset: this.#logStartOffset };
  }

  #attempt<T>(run: () => T): T | StorageError {
    try {
      return run();
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): StorageError {
    if (!(error instanceof FileError)) throw error;
    this.#failure ??= error;
    return storageError(error);
  }
}
