/**
 * The log of one partition: appends to its last segment, reads from all of them, and knows its offsets. Every failure of
 * the disk takes the log offline: from then on it answers KAFKA_STORAGE_ERROR, until it is loaded again.
 */
import { FileError, type Files, type Instant } from "../lib/environment.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import { Durability } from "./appends/durability.js";
import { type AppendAsLeader, type AppendOfProducer, LogAppender } from "./appends/log-appender.js";
import { LogWriter } from "./appends/log-writer.js";
import { replaceTopicId } from "./files/checkpoints.js";
import type { EpochEnd, LeaderEpochs } from "./leader-epochs.js";
import type { LogConfig } from "./log-config.js";
import { LogHealth } from "./log-health.js";
import type { LogInternals } from "./log-internals.js";
import { LogOffsets } from "./log-offsets.js";
import type { LogParts } from "./log-parts.js";
import type { AppendRefusal, AppendResult, LogRead, ProducerSeen, StorageError } from "./log-results.js";
import type { TransactionMarker } from "./producers/producer-state.js";
import type { ProducerToVerify, Verification } from "./producers/verifications.js";
import type { FoundOffset } from "./reads/find-offset.js";
import { LogReader } from "./reads/log-reader.js";
import { retainFrom } from "./retain.js";
import type { Segments } from "./segments/segments.js";
import type { AbortedTransaction } from "./segments/transaction-index.js";

export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  readonly folder: string;
  readonly #files: Files;
  readonly #segments: Segments;
  readonly #leaderEpochs: LeaderEpochs;
  readonly #durability: Durability;
  readonly #offsets: LogOffsets;
  readonly #health = new LogHealth();
  readonly #reader: LogReader;
  readonly #writer: LogWriter;
  readonly #appender: LogAppender;
  #topicId: string | null;
  #config: LogConfig;

  constructor(parts: LogParts) {
    this.topic = parts.topic;
    this.partition = parts.partition;
    this.folder = parts.folder;
    this.#topicId = parts.topicId;
    this.#files = parts.files;
    this.#config = parts.config;
    this.#segments = parts.segments;
    this.#leaderEpochs = parts.leaderEpochs;
    this.#offsets = new LogOffsets(parts);
    this.#durability = new Durability(parts);
    parts.producers.transactions.commitTo(parts.highWatermark);
    this.#reader = new LogReader(parts, this.#offsets, this.#health);
    this.#writer = new LogWriter(parts, this.#offsets, this.#durability);
    this.#appender = new LogAppender(this.#writer, this.#offsets, this.#health, () => void this.flush());
  }

  /** Null: its file is lost; `assignTopicId` writes it anew. */
  get topicId(): string | null {
    return this.#topicId;
  }

  get logStartOffset(): number {
    return this.#offsets.logStartOffset;
  }

  /** The offset that the next record gets. */
  get endOffset(): number {
    return this.#offsets.endOffset;
  }

  get highWatermark(): number {
    return this.#offsets.highWatermark;
  }

  /** Below it all is committed, and every transaction decided: as far as a read-committed reader may see. */
  get lastStableOffset(): number {
    const { highWatermark, logStartOffset } = this.#offsets;
    const { firstUnstableOffset } = this.#writer.producers.transactions;
    return Math.min(highWatermark, Math.max(firstUnstableOffset, logStartOffset));
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
    return this.#health.failure;
  }

  get config(): LogConfig {
    return this.#config;
  }

  /** For compaction, which works beside appends and fetches. */
  get internals(): LogInternals {
    const { rewinds } = this.#durability;
    const attempt: LogInternals["attempt"] = (run) => this.#health.attempt(run);
    return { files: this.#files, segments: this.#segments, producers: this.#writer.producers, rewinds, attempt };
  }

  configure(config: LogConfig): void {
    this.#config = config;
  }

  assignTopicId(topicId: string): void {
    replaceTopicId(this.#files, this.folder, topicId);
    this.#topicId = topicId;
  }

  /** Never goes back, never beyond the end of the log. */
  setHighWatermark(offset: number): void {
    this.#offsets.commitTo(offset);
    this.#writer.producers.transactions.commitTo(this.highWatermark);
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

  /** The same between replicas: also of what lies before the start of the log. */
  keptEpochEndOffset(epoch: number): EpochEnd {
    return this.#leaderEpochs.endOfKept(epoch, this.endOffset);
  }

  assignEpoch(leaderEpoch: number, startOffset: number): void {
    this.#leaderEpochs.assign(leaderEpoch, startOffset);
  }

  /** Whether this producer has a transaction open here. */
  hasOngoingTransaction(producerId: number): boolean {
    return this.#writer.producers.transactions.firstOffsetOf(producerId) !== null;
  }

  producersSeen(): readonly ProducerSeen[] {
    return this.#writer.producers.seen();
  }

  /** KIP-890: begins to ask whether this batch may begin a transaction. "open": it need not begin one. */
  beginVerification(producer: ProducerToVerify, nowMs: number): Verification | "open" | AppendRefusal {
    return this.#writer.producers.beginVerification(producer, nowMs);
  }

  /** The aborted transactions that have records in the range, in the order of their first offsets. */
  abortedTransactions(from: number, upTo: number): readonly AbortedTransaction[] | StorageError {
    return this.#reader.abortedTransactions(from, upTo);
  }

  /**
   * Appends the one batch in `records`: it gets its offsets and leader epoch in place, and the time under LogAppendTime.
   * A batch that the producer sent before is answered with its first offset.
   */
  appendAsLeader(records: Uint8Array, at: AppendOfProducer): AppendResult {
    return this.#appender.asLeader(records, at, this.#config);
  }

  /** Ends a transaction. */
  appendMarker(marker: TransactionMarker, at: AppendAsLeader): AppendResult {
    return this.#appender.marker(marker, at, this.#config);
  }

  /** Appends batches that have their offsets: from the leader, or of the metadata log. */
  appendAsFollower(records: Uint8Array, now: Instant): AppendResult {
    return this.#appender.asFollower(records, now, this.#config);
  }

  /** Whole batches from the one that holds `from`, up to but without the one that begins at `upTo` or behind it. */
  read(from: number, maxBytes: number, upTo: number, minOneBatch: boolean): LogRead {
    return this.#reader.read({ from, maxBytes, upTo, minOneBatch });
  }

  /** The same, but what may not be in memory is waited for, so that nobody else has to. */
  fetch(from: number, maxBytes: number, upTo: number, minOneBatch: boolean): LogRead | Promise<LogRead> {
    return this.#reader.fetch({ from, maxBytes, upTo, minOneBatch });
  }

  /** The first record that is not earlier than `timestampMs`; null when all are. */
  offsetForTimestamp(timestampMs: number): Promise<FoundOffset | null | StorageError> {
    return this.#reader.offsetForTimestamp(timestampMs);
  }

  /** The record with the largest timestamp; null in a log without timestamps. */
  maxTimestamp(): Promise<FoundOffset | null | StorageError> {
    return this.#reader.maxTimestamp();
  }

  /** DeleteRecords: nothing below `offset` is served any more. */
  deleteRecordsBefore(offset: number): ErrorCode {
    if (offset > this.highWatermark) return errors.OFFSET_OUT_OF_RANGE.code;
    if (offset > this.logStartOffset) this.#startAt(offset);
    return errors.NONE.code;
  }

  /**
   * Moves the start of the log to where retention wants it. An active segment that is given up makes way for a new one.
   * True: segments lie before the start. Once the start is written down, `retireSegment` takes them out.
   */
  applyRetention(nowMs: number): boolean {
    const isDone = this.#health.attemptWrite(() => {
      const { logStartOffset, highWatermark, endOffset } = this.#offsets;
      const log = { segments: this.#segments.all, logStartOffset, highWatermark, endOffset };
      const from = retainFrom(log, this.#config, nowMs);
      // The start may lie inside the active segment, where DeleteRecords has put it; then nothing is rolled.
      if (from === endOffset && from > this.#segments.active.baseOffset) {
        this.#writer.roll(from, this.#config, nowMs);
        void this.flush();
      }
      if (from > logStartOffset) this.#startAt(from);
      return this.#segments.hasBefore(from);
    });
    return isDone === true;
  }

  /** Takes the oldest segment out of the log if it lies before the start: its files, which the caller removes later. */
  retireSegment(): readonly string[] {
    const files = this.#health.attempt(() => {
      return this.#segments.takeFirstBefore(this.logStartOffset)?.retire(this.folder) ?? [];
    });
    // A compaction that is under way notices by this.
    this.#durability.rewind(this.endOffset);
    return "errorCode" in files ? [] : files;
  }

  /**
   * Cuts off the records from `offset` on, which a new leader does not have. What is written there later is not durable:
   * the recovery point goes back first, and `saveRecoveryPoint` writes it down. (`LogStore.truncate` does.)
   */
  truncateTo(offset: number, saveRecoveryPoint: () => boolean): ErrorCode {
    if (offset >= this.endOffset) return errors.NONE.code;
    this.#durability.rewind(offset);
    if (!saveRecoveryPoint()) return errors.KAFKA_STORAGE_ERROR.code;
    const done = this.#health.attempt(() => {
      this.#writer.truncateTo(offset);
      return null;
    });
    return done === null ? errors.NONE.code : done.errorCode;
  }

  /**
   * Gives up all that is in the log, which goes on at `offset`: a follower's, when the leader has nothing that follows on
   * what is here. `LogStore.startAnewAt` does.
   */
  startAnewAt(offset: number, nowMs: number, saveRecoveryPoint: () => boolean): ErrorCode {
    this.#durability.rewind(0);
    if (!saveRecoveryPoint()) return errors.KAFKA_STORAGE_ERROR.code;
    const done = this.#health.attempt(() => {
      this.#writer.startAnewAt(offset, this.#config, nowMs);
      return null;
    });
    return done === null ? errors.NONE.code : done.errorCode;
  }

  expireProducers(nowMs: number): void {
    this.#writer.producers.expire(nowMs, this.#config.producerIdExpirationMs);
  }

  /** Makes everything durable that is in the log now. */
  async flush(): Promise<ErrorCode> {
    if (this.failure !== null) return errors.KAFKA_STORAGE_ERROR.code;
    try {
      await this.#durability.flush(() => this.endOffset);
      // One that was closed or has failed meanwhile has left something out.
      return this.failure === null ? errors.NONE.code : errors.KAFKA_STORAGE_ERROR.code;
    } catch (error) {
      return this.#health.writeFailed(error).errorCode;
    }
  }

  /** Does so if records have waited for it as long as `flush.ms` allows. */
  async flushIfOld(monotonicMs: number): Promise<void> {
    if (this.#durability.isDirtyFor(this.#config.flushMs, monotonicMs)) await this.flush();
  }

  /** Leaves the files so that the next start need not look through them. */
  async close(): Promise<ErrorCode> {
    this.#health.attemptWrite(() => {
      this.#writer.seal();
      return null;
    });
    const errorCode = await this.flush();
    this.release();
    return errorCode;
  }

  /** Gives up the files as they are. */
  release(): void {
    this.#health.failed(new FileError("EBADF", this.folder, `The log in ${this.folder} is closed`));
    for (const segment of this.#segments.all) segment.close();
  }

  #startAt(offset: number): void {
    this.#offsets.startAt(offset);
    this.#leaderEpochs.hideBefore(offset);
  }
}
