/**
 * The log of one partition: appends to its last segment, reads from all of them, and knows its offsets. Every failure of
 * the disk takes the log offline: from then on it answers KAFKA_STORAGE_ERROR, until it is loaded again.
 */
import { FileError, type Files, type Instant } from "../lib/environment.js";
import { invariant } from "../lib/invariant.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import type { RecordBatch } from "../protocol/records/batch.js";
import { type AppendOrigin, type AppendRefusal, checkAppend, checkFollowerAppend } from "./check-append.js";
import { writeTopicId } from "./checkpoints.js";
import { Durability } from "./durability.js";
import { type FoundOffset, findByTimestamp, findMaxTimestamp } from "./find-offset.js";
import type { EpochEnd, LeaderEpochs } from "./leader-epochs.js";
import type { LogConfig } from "./log-config.js";
import { writeSnapshot } from "./producer-snapshot.js";
import type { ProducerState } from "./producer-state.js";
import type { ReadBuffers } from "./read-buffers.js";
import { nothingRead, type RecordsRead, readRecordsFrom } from "./read-log.js";
import { rebuildProducersNow } from "./rebuild-producers.js";
import { Segment } from "./segment.js";
import type { Segments } from "./segments.js";

/** What a log is made of once it is loaded. */
export interface LogParts {
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string | null;
  readonly files: Files;
  readonly folder: string;
  readonly buffers: ReadBuffers;
  readonly config: LogConfig;
  readonly segments: Segments;
  readonly leaderEpochs: LeaderEpochs;
  readonly producers: ProducerState;
  readonly logStartOffset: number;
  readonly endOffset: number;
  readonly highWatermark: number;
  /** Everything below is durable. */
  readonly recoveryPoint: number;
}

export interface Appended {
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** -1 under CreateTime. */
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
}

export type AppendResult = Appended | (Partial<AppendRefusal> & { readonly errorCode: ErrorCode });

export type LogRead = RecordsRead | { readonly errorCode: ErrorCode };

export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  readonly folder: string;
  readonly #files: Files;
  readonly #buffers: ReadBuffers;
  readonly #segments: Segments;
  readonly #leaderEpochs: LeaderEpochs;
  readonly #durability: Durability;
  #topicId: string | null;
  #producers: ProducerState;
  #config: LogConfig;
  #logStartOffset: number;
  #endOffset: number;
  #highWatermark: number;
  #failure: FileError | null = null;

  constructor(parts: LogParts) {
    this.topic = parts.topic;
    this.partition = parts.partition;
    this.folder = parts.folder;
    this.#topicId = parts.topicId;
    this.#files = parts.files;
    this.#buffers = parts.buffers;
    this.#config = parts.config;
    this.#segments = parts.segments;
    this.#leaderEpochs = parts.leaderEpochs;
    this.#producers = parts.producers;
    this.#logStartOffset = parts.logStartOffset;
    this.#endOffset = parts.endOffset;
    this.#highWatermark = parts.highWatermark;
    const { files, folder, segments, leaderEpochs, recoveryPoint } = parts;
    this.#durability = new Durability(files, folder, segments, leaderEpochs, recoveryPoint);
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
    return this.#endOffset;
  }

  get highWatermark(): number {
    return this.#highWatermark;
  }

  /** No transaction can be open yet, so all that is committed is stable. */
  get lastStableOffset(): number {
    return this.#highWatermark;
  }

  /** Everything below is durable. */
  get recoveryPoint(): number {
    return this.#durability.recoveryPoint;
  }

  /** The bytes of its segments on disk. */
  get bytes(): number {
    return this.#segments.bytes;
  }

  /** Why the log is offline, or null. */
  get failure(): FileError | null {
    return this.#failure;
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
    this.#highWatermark = Math.max(this.#highWatermark, Math.min(offset, this.#endOffset));
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
    return this.#leaderEpochs.endOf(epoch, this.#endOffset);
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
    const verdict = this.#producers.check(batch, at.origin);
    if (verdict.name === "refuse") return { errorCode: verdict.errorCode, errorMessage: verdict.errorMessage };
    if (verdict.name === "duplicate") return this.#appended(verdict.of, verdict.of.maxTimestampMs);
    const takesAppendTime = this.#config.messageTimestampType === "LogAppendTime";
    batch.place(this.#endOffset, at.leaderEpoch);
    if (takesAppendTime) batch.stampLogAppendTime(at.now.wallMs);
    return this.#attempt(() => {
      this.#write(batch.bytes, [batch], at.now.wallMs);
      return this.#appended(batch, takesAppendTime ? at.now.wallMs : -1);
    });
  }

  /** Appends batches that have their offsets: from the leader, or of the metadata log. */
  appendAsFollower(records: Uint8Array, now: Instant): AppendResult {
    if (this.#failure !== null) return storageError(this.#failure);
    const batches = checkFollowerAppend(records, this.#endOffset);
    if ("errorCode" in batches) return batches;
    return this.#attempt(() => {
      const baseOffset = this.#endOffset;
      this.#write(records, batches, now.wallMs);
      return this.#appended({ baseOffset, lastOffset: this.#endOffset - 1 }, -1);
    });
  }

  /** Whole batches from the one that holds `from`, up to but without the one that begins at `upTo` or behind it. */
  read(from: number, maxBytes: number, upTo: number, minOneBatch: boolean): LogRead {
    if (this.#failure !== null) return storageError(this.#failure);
    if (from < this.#logStartOffset || from > this.#endOffset) return { errorCode: errors.OFFSET_OUT_OF_RANGE.code };
    if (from >= upTo) return nothingRead(from);
    return this.#attempt(() => readRecordsFrom(this.#segments, this.#buffers, { from, maxBytes, upTo, minOneBatch }));
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
    if (offset <= this.#logStartOffset) return errors.NONE.code;
    this.#logStartOffset = offset;
    this.#leaderEpochs.truncateStart(offset);
    return errors.NONE.code;
  }

  /** Cuts off the records from `offset` on, which a new leader does not have. */
  truncateTo(offset: number): ErrorCode {
    if (this.#failure !== null) return errors.KAFKA_STORAGE_ERROR.code;
    if (offset >= this.#endOffset) return errors.NONE.code;
    const done = this.#attempt(() => {
      this.#durability.rewind(offset);
      for (const segment of this.#segments.takeFrom(offset)) segment.remove(this.folder);
      this.#segments.active.truncate(offset);
      this.#endOffset = Math.max(offset, this.#segments.first.baseOffset);
      this.#logStartOffset = Math.min(this.#logStartOffset, this.#endOffset);
      this.#highWatermark = Math.min(this.#highWatermark, this.#endOffset);
      this.#leaderEpochs.truncateEnd(this.#endOffset);
      this.#producers = rebuildProducersNow(this.#files, this.folder, this.#segments, this.#endOffset);
      return null;
    });
    return done === null ? errors.NONE.code : done.errorCode;
  }

  expireProducers(nowMs: number): void {
    this.#producers.expire(nowMs, this.#config.producerIdExpirationMs);
  }

  /** Makes everything durable that is in the log now. */
  async flush(): Promise<ErrorCode> {
    if (this.#failure !== null) return errors.KAFKA_STORAGE_ERROR.code;
    try {
      await this.#durability.flush(() => this.#endOffset);
      return errors.NONE.code;
    } catch (error) {
      return this.#failed(error).errorCode;
    }
  }

  /** Leaves the files so that the next start need not look through them. */
  async close(): Promise<ErrorCode> {
    if (this.#failure === null) {
      this.#attempt(() => {
        this.#segments.active.seal();
        writeSnapshot(this.#files, this.folder, this.#endOffset, this.#producers);
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

  #write(records: Uint8Array, batches: readonly RecordBatch[], nowMs: number): void {
    const [first] = batches;
    invariant(first !== undefined, "an append has a batch");
    let [lastOffset, maxTimestampMs] = [-1, -1];
    for (const batch of batches) {
      lastOffset = batch.lastOffset;
      maxTimestampMs = Math.max(maxTimestampMs, batch.maxTimestampMs);
    }
    const incoming = { bytes: records.length, lastOffset, maxTimestampMs };
    if (this.#segments.active.mustRollBefore(incoming, this.#config, nowMs)) this.#roll(first.baseOffset, nowMs);
    this.#segments.active.append(records, batches);
    this.#endOffset = lastOffset + 1;
    for (const batch of batches) {
      if (batch.leaderEpoch >= 0) this.#leaderEpochs.assign(batch.leaderEpoch, batch.baseOffset);
      this.#producers.note(batch);
    }
  }

  /** The old segment is made durable beside the work that goes on. */
  #roll(baseOffset: number, nowMs: number): void {
    const full = this.#segments.active;
    if (full.bytes === 0) {
      full.remove(this.folder);
      this.#segments.replaceActive(Segment.create(this.#files, this.folder, baseOffset, this.#config, nowMs));
      return;
    }
    full.seal();
    writeSnapshot(this.#files, this.folder, this.#endOffset, this.#producers);
    this.#segments.add(Segment.create(this.#files, this.folder, baseOffset, this.#config, nowMs));
    void this.flush();
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

interface StorageError {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string;
}

function storageError(failure: FileError): StorageError {
  return { errorCode: errors.KAFKA_STORAGE_ERROR.code, errorMessage: failure.message };
}
