import { type Clock, FileError, type Instant } from "../../lib/environment.js";
import { Waitable } from "../../lib/waiters.js";
import type { PartitionImage } from "../../metadata/image.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { LogStore } from "../../storage/folders/log-store.js";
import type { LogConfig } from "../../storage/log-config.js";
import type { AppendResult, LogRead, ProducerSeen } from "../../storage/log-results.js";
import type { PartitionLog } from "../../storage/partition-log.js";
import type { TransactionMarker } from "../../storage/producers/producer-state.js";
import type { ProducerToVerify, Verification, VerificationBrought } from "../../storage/producers/verifications.js";
import { fetchRecords } from "../../storage/reads/fetch-records.js";
import { nothingRead } from "../../storage/reads/read-log.js";
import type { AbortedTransaction } from "../../storage/segments/transaction-index.js";

/** How far a reader may see. */
export type ReadUpTo = "end of log" | "high watermark" | "last stable offset";

/** The part that this broker plays for a partition. */
type Role =
  | Leading
  | { readonly name: "follower"; readonly leaderEpoch: number }
  /** Gone from this broker: deleted for good, or until its folder works again. */
  | { readonly name: "offline"; readonly errorCode: ErrorCode };

interface Leading {
  readonly name: "leader";
  readonly leaderEpoch: number;
  readonly isr: readonly number[];
}

export interface PartitionOptions {
  readonly topic: string;
  readonly topicId: string;
  readonly index: number;
  readonly nodeId: number;
  readonly clock: Clock;
  readonly store: LogStore;
  readonly config: LogConfig;
}

/**
 * A partition of which this broker holds a replica: who leads it, and the log under it. The log begins to exist with the
 * first append, so that an empty partition costs no file.
 */
export class Partition {
  readonly topic: string;
  readonly topicId: string;
  readonly index: number;
  /** Changes when records arrive, the high watermark moves, or the role changes: parked fetches and produces hang here. */
  readonly moved = new Waitable();
  readonly #nodeId: number;
  readonly #clock: Clock;
  readonly #store: LogStore;
  readonly #committedListeners: ((highWatermark: number) => void)[] = [];
  readonly #lostListeners: ((why: ErrorCode) => void)[] = [];
  #config: LogConfig;
  #log: PartitionLog | null;
  /** The newest one, also of a partition that is offline. */
  #image: PartitionImage | null = null;
  /** The log that is being flushed again and again until all is settled. */
  #settling: PartitionLog | null = null;
  #role: Role = { name: "offline", errorCode: errors.NOT_LEADER_OR_FOLLOWER.code };

  constructor(options: PartitionOptions) {
    this.topic = options.topic;
    this.topicId = options.topicId;
    this.index = options.index;
    this.#nodeId = options.nodeId;
    this.#clock = options.clock;
    this.#store = options.store;
    this.#config = options.config;
    this.#log = options.store.hold(options.topic, options.index, options.topicId, options.config);
  }

  get config(): LogConfig {
    return this.#config;
  }

  get logStartOffset(): number {
    return this.#log?.logStartOffset ?? 0;
  }

  /** The offset that the next record gets. */
  get endOffset(): number {
    return this.#log?.endOffset ?? 0;
  }

  get highWatermark(): number {
    return this.#log?.highWatermark ?? 0;
  }

  /** Records below are as durable on this broker as `flush.messages` asks; what is behind will soon be. */
  get settledOffset(): number {
    return this.#log?.settledOffset ?? 0;
  }

  /** As far as a read-committed reader may see: below, every transaction is decided. */
  get lastStableOffset(): number {
    return this.#log?.lastStableOffset ?? 0;
  }

  /** DescribeProducers: what is known of those that have written here. */
  producersSeen(): readonly ProducerSeen[] {
    return this.#log?.producersSeen() ?? [];
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#log?.bytes ?? 0;
  }

  /** The log, or null while nothing was ever appended. */
  get log(): PartitionLog | null {
    return this.#log;
  }

  /** Its log cannot be reached until its folder works again. */
  get isOffline(): boolean {
    return this.#role.name === "offline" && this.#role.errorCode === errors.KAFKA_STORAGE_ERROR.code;
  }

  /** The epoch under which this broker leads the partition, or null when it does not. */
  get leaderEpoch(): number | null {
    return this.#role.name === "leader" ? this.#role.leaderEpoch : null;
  }

  /** Takes over what the metadata says. */
  apply(image: PartitionImage): void {
    this.#image = image;
    const before = this.#role;
    if (this.isOffline) return;
    const { leaderEpoch, isr } = image;
    this.#role =
      image.leader === this.#nodeId ? { name: "leader", leaderEpoch, isr } : { name: "follower", leaderEpoch };
    const isNewEpoch = before.name === "offline" || before.leaderEpoch !== leaderEpoch;
    if (isNewEpoch && before.name === "leader") this.#lost(errors.NOT_LEADER_OR_FOLLOWER.code);
    if (isNewEpoch && this.#role.name === "leader") this.#log?.assignEpoch(leaderEpoch, this.endOffset);
    this.#advanceHighWatermark();
    this.moved.changed();
  }

  configure(config: LogConfig): void {
    this.#config = config;
    this.#log?.configure(config);
  }

  /** The topic was deleted, or the replica moved away: whoever waits is told, and nothing is accepted any more. */
  stop(why: ErrorCode): void {
    this.#role = { name: "offline", errorCode: why };
    this.#lost(why);
    this.moved.changed();
  }

  /** Its log has moved to another folder, with all that was in it. */
  replaceLog(log: PartitionLog): void {
    this.#log = log;
    if (this.leaderEpoch !== null) log.assignEpoch(this.leaderEpoch, log.endOffset);
    if (log.settledOffset < log.endOffset) void this.#settle(log);
  }

  /** Its log can be reached again, if it was offline because that could not be: it plays its part anew. */
  takeBack(): void {
    if (!this.isOffline || this.#store.isOutOfReach(this.topic, this.index, this.topicId)) return;
    this.#log = this.#store.hold(this.topic, this.index, this.topicId, this.#config);
    this.#role = { name: "offline", errorCode: errors.NOT_LEADER_OR_FOLLOWER.code };
    if (this.#image !== null) this.apply(this.#image);
  }

  /**
   * Whether this broker may answer as leader for a client that believes in `currentLeaderEpoch` (-1: in none).
   * KIP-320: an older epoch means that the client's metadata is stale, a newer one that ours is.
   */
  checkLeader(currentLeaderEpoch: number): ErrorCode {
    const role = this.#role;
    if (role.name === "offline") return role.errorCode;
    if (currentLeaderEpoch >= 0 && currentLeaderEpoch < role.leaderEpoch) return errors.FENCED_LEADER_EPOCH.code;
    if (currentLeaderEpoch > role.leaderEpoch) return errors.UNKNOWN_LEADER_EPOCH.code;
    return role.name === "leader" ? errors.NONE.code : errors.NOT_LEADER_OR_FOLLOWER.code;
  }

  /**
   * Appends a record batch as the leader. With `acks` -1 the in-sync set must be large enough (min.insync.replicas). A
   * transactional batch that begins a transaction here has to bring its verification.
   */
  append(
    records: Uint8Array,
    origin: "client" | "coordinator",
    acks: number,
    verification: VerificationBrought = null,
  ): AppendResult {
    const role = this.#role;
    if (role.name !== "leader") return { errorCode: this.checkLeader(-1) };
    const log = this.#logFor(role, acks);
    if (typeof log === "number") return { errorCode: log };
    const at = { leaderEpoch: role.leaderEpoch, origin, now: this.#now(), verification };
    return this.#appended(log, log.appendAsLeader(records, at));
  }

  /** Ends the transaction of a producer in this partition. */
  appendMarker(marker: TransactionMarker): AppendResult {
    const role = this.#role;
    if (role.name !== "leader") return { errorCode: this.checkLeader(-1) };
    const log = this.#logFor(role, -1);
    if (typeof log === "number") return { errorCode: log };
    return this.#appended(log, log.appendMarker(marker, { leaderEpoch: role.leaderEpoch, now: this.#now() }));
  }

  /**
   * KIP-890: the guard with which a batch may begin a transaction, once the coordinator has said that it knows of it.
   * "open": the producer has one open already.
   */
  beginVerification(
    producer: ProducerToVerify,
  ): Verification | "open" | { readonly errorCode: ErrorCode; readonly errorMessage?: string } {
    const role = this.#role;
    if (role.name !== "leader") return { errorCode: this.checkLeader(-1) };
    const log = this.#logForAppend(role.leaderEpoch);
    if (log === null) return { errorCode: errors.KAFKA_STORAGE_ERROR.code };
    return log.beginVerification(producer, this.#clock.wallMs());
  }

  /** Whether this producer has a transaction open here. */
  hasOngoingTransaction(producerId: number): boolean {
    return this.#log?.hasOngoingTransaction(producerId) ?? false;
  }

  /** The aborted transactions with records in the range, in the order of their first offsets. */
  abortedTransactions(from: number, upTo: number): readonly AbortedTransaction[] | { readonly errorCode: ErrorCode } {
    return this.#log?.abortedTransactions(from, upTo) ?? [];
  }

  /** Whole batches from `offset` on. The first one is returned even when it exceeds `maxBytes`, if `minOneBatch`. */
  read(offset: number, maxBytes: number, upTo: ReadUpTo, minOneBatch: boolean): LogRead | Promise<LogRead> {
    const request = { from: offset, maxBytes, upTo: this.endFor(upTo), minOneBatch };
    if (this.#log !== null) return fetchRecords(this.#log, request);
    return offset === 0 ? nothingRead(0) : { errorCode: errors.OFFSET_OUT_OF_RANGE.code };
  }

  /** The offset behind the last one that such a reader may see. */
  endFor(upTo: ReadUpTo): number {
    if (upTo === "end of log") return this.endOffset;
    return upTo === "high watermark" ? this.highWatermark : this.lastStableOffset;
  }

  /** KIP-320: the last epoch that is not above `leaderEpoch`, and the offset behind its last record; -1 for both if none. */
  epochEndOffset(leaderEpoch: number): { readonly epoch: number; readonly endOffset: number } {
    if (this.#log !== null) return this.#log.epochEndOffset(leaderEpoch);
    const isKnown = this.leaderEpoch !== null && leaderEpoch <= this.leaderEpoch;
    return isKnown ? { epoch: leaderEpoch, endOffset: 0 } : { epoch: -1, endOffset: -1 };
  }

  /** DeleteRecords: nothing below `offset` is served any more. */
  deleteRecordsBefore(offset: number): ErrorCode {
    if (offset > this.highWatermark) return errors.OFFSET_OUT_OF_RANGE.code;
    const errorCode = this.#log?.deleteRecordsBefore(offset) ?? errors.NONE.code;
    this.moved.changed();
    return errorCode;
  }

  onCommitted(run: (highWatermark: number) => void): void {
    this.#committedListeners.push(run);
  }

  /** Runs once, when this broker ceases to lead under the present epoch. */
  onLost(run: (why: ErrorCode) => void): void {
    this.#lostListeners.push(run);
  }

  #now(): Instant {
    return { monotonicMs: this.#clock.monotonicMs(), wallMs: this.#clock.wallMs() };
  }

  #logFor({ isr, leaderEpoch }: Leading, acks: number): PartitionLog | ErrorCode {
    if (acks === -1 && isr.length < this.#config.minInsyncReplicas) return errors.NOT_ENOUGH_REPLICAS.code;
    return this.#logForAppend(leaderEpoch) ?? errors.KAFKA_STORAGE_ERROR.code;
  }

  #appended(log: PartitionLog, result: AppendResult): AppendResult {
    if ("errorCode" in result) {
      if (log.failure !== null) this.#failed(log, log.failure);
      return result;
    }
    this.#advanceHighWatermark();
    if (log.settledOffset < log.endOffset) void this.#settle(log);
    this.moved.changed();
    return result;
  }

  #logForAppend(leaderEpoch: number): PartitionLog | null {
    if (this.#log !== null) return this.#log;
    try {
      this.#log = this.#store.openOrCreate(this.topic, this.index, this.topicId, this.#config);
      this.#log.assignEpoch(leaderEpoch, this.#log.endOffset);
      return this.#log;
    } catch (failure) {
      if (failure instanceof FileError) return null;
      throw failure;
    }
  }

  /** One flush after the other until nothing waits: all that was appended during one shares the next. */
  async #settle(log: PartitionLog): Promise<void> {
    if (this.#settling === log) return;
    this.#settling = log;
    while (log.settledOffset < log.endOffset && (await log.flush()) === errors.NONE.code) {
      this.#advanceHighWatermark();
      this.moved.changed();
    }
    if (this.#settling === log) this.#settling = null;
    if (log.failure !== null) this.#failed(log, log.failure);
  }

  /** The whole folder is offline until it was proved to work. */
  #failed(log: PartitionLog, failure: FileError): void {
    if (this.#role.name === "offline" || this.#log !== log) return;
    this.stop(errors.KAFKA_STORAGE_ERROR.code);
    this.#store.failed(log, failure);
  }

  /** The high watermark is what every in-sync replica has. The leader alone in sync: all that it has, and keeps. */
  #advanceHighWatermark(): void {
    const role = this.#role;
    const log = this.#log;
    if (log === null || role.name !== "leader" || role.isr.some((replica) => replica !== this.#nodeId)) return;
    const { settledOffset } = log;
    if (log.highWatermark >= settledOffset) return;
    log.setHighWatermark(settledOffset);
    for (const run of this.#committedListeners) run(settledOffset);
  }

  #lost(why: ErrorCode): void {
    this.#committedListeners.length = 0;
    for (const run of this.#lostListeners.splice(0)) run(why);
  }
}
