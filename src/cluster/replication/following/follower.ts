/**
 * What a follower does for one leader epoch: what it asks the leader for, and how it takes what comes. Its log becomes the
 * leader's: what the leader does not have is cut off, what it has is appended as it is.
 */
import { type Clock, FileError } from "../../../lib/environment.js";
import { type ErrorCode, errors } from "../../../protocol/errors.js";
import { isRefusal, wholeBatches } from "../../../protocol/records/check-batch.js";
import { asBuffer } from "../../../protocol/records/int64.js";
import { HEADER_BYTES, LENGTH, PARTITION_LEADER_EPOCH, PREFIX_BYTES } from "../../../protocol/records/layout.js";
import type { PartitionLog } from "../../../storage/partition-log.js";
import type { ReplicaLog } from "../replica-log.js";
import { type EpochEnd, truncationOffset } from "./truncation.js";

/** How the leader's log stood when it answered. */
export interface LeaderOffsets {
  readonly highWatermark: number;
  readonly logStartOffset: number;
}

export interface FollowerOptions {
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replica: ReplicaLog;
  readonly clock: Clock;
  /** Whether the others in sync are enough to go on without this replica. */
  readonly canBeSpared: () => boolean;
  /** Records have come, or more is known to be committed. */
  readonly onMoved: () => void;
}

export class Follower {
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly #options: FollowerOptions;
  #settled: (() => void) | null = null;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.leader = options.leader;
    this.leaderEpoch = options.leaderEpoch;
  }

  /** It has all that lies below. */
  get fetchOffset(): number {
    return this.#options.replica.endOffset;
  }

  /** The epoch of the last record; -1: it has none, or does not know. By it the leader sees where both logs part. */
  get lastFetchedEpoch(): number {
    const { log } = this.#options.replica;
    return log?.leaderEpochAt(log.endOffset - 1) ?? -1;
  }

  get logStartOffset(): number {
    return this.#options.replica.logStartOffset;
  }

  get highWatermark(): number {
    return this.#options.replica.highWatermark;
  }

  /** Whether all that it has is as durable as `flush.messages` asks: only then it may say that it has it. */
  get isSettled(): boolean {
    const { settledOffset, endOffset } = this.#options.replica;
    return settledOffset >= endOffset;
  }

  /** Runs `settled` when `isSettled`. */
  whenSettled(settled: () => void): void {
    this.#settled = settled;
    void this.#options.replica.settle();
  }

  /** A flush has ended. */
  flushed(): void {
    if (!this.isSettled) return;
    this.#settled?.();
    this.#settled = null;
  }

  /** Takes records that follow on its own. */
  append(records: Uint8Array): ErrorCode {
    // KAFKA-18723: while they were read the leader became a follower, and what a later leader has written took their place.
    if (latestEpoch(records) > this.leaderEpoch) return errors.UNKNOWN_LEADER_EPOCH.code;
    const log = this.#options.replica.open();
    if (log instanceof FileError) return this.#refused(log);
    const errorCode = this.#beginWithin(log, records);
    if (errorCode !== errors.NONE.code) return errorCode;
    const { clock, onMoved } = this.#options;
    const result = log.appendAsFollower(records, { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() });
    if ("errorCode" in result) {
      if (result.failure !== undefined) this.#refused(result.failure);
      return this.#checked(result.errorCode);
    }
    onMoved();
    return errors.NONE.code;
  }

  /** Commits what the leader says is committed, as far as it is here, and begins where the leader begins. */
  learn({ highWatermark, logStartOffset }: LeaderOffsets): ErrorCode {
    const { log } = this.#options.replica;
    if (log === null) return errors.NONE.code;
    if (highWatermark > log.highWatermark && log.highWatermark < log.endOffset) {
      log.setHighWatermark(highWatermark);
      this.#options.onMoved();
    }
    const startOffset = Math.min(logStartOffset, log.highWatermark);
    return startOffset > log.logStartOffset ? this.#checked(log.deleteRecordsBefore(startOffset)) : errors.NONE.code;
  }

  /** The leader's log parts from this one: what it does not have is cut off. */
  truncate(diverging: EpochEnd): ErrorCode {
    const { replica } = this.#options;
    const { logStartOffset, endOffset } = replica;
    const own = replica.keptEpochEndOffset(diverging.epoch, null);
    return this.#truncateTo(truncationOffset(diverging, own, { logStartOffset, endOffset }));
  }

  /** The leader has nothing that follows on what is here: what it does not have is cut off, or all is begun anew. */
  goWithin(leader: { readonly logStartOffset: number; readonly endOffset: number }): ErrorCode {
    if (leader.endOffset < this.fetchOffset) return this.#truncateTo(leader.endOffset);
    if (leader.logStartOffset > this.fetchOffset) return this.#startAnewAt(leader.logStartOffset);
    return errors.NONE.code;
  }

  #truncateTo(offset: number): ErrorCode {
    const { replica } = this.#options;
    if (offset < replica.logStartOffset) return this.#startAnewAt(offset);
    return this.#checked(replica.truncateTo(offset));
  }

  #startAnewAt(offset: number): ErrorCode {
    const { replica, onMoved } = this.#options;
    const errorCode = this.#checked(replica.startAnewAt(offset));
    // Whoever reads from this follower (KIP-392) and waits for more is out of range now.
    onMoved();
    return errorCode;
  }

  /** The leader's log may begin inside a batch, and batches come whole: an empty log begins where the batch does. */
  #beginWithin(log: PartitionLog, records: Uint8Array): ErrorCode {
    if (log.logStartOffset < log.endOffset) return errors.NONE.code;
    const batches = wholeBatches(records);
    if (isRefusal(batches)) return batches.errorCode;
    const [first] = batches;
    const holdsStart = first !== undefined && first.baseOffset < log.endOffset && first.lastOffset >= log.endOffset;
    return holdsStart ? this.#startAnewAt(first.baseOffset) : errors.NONE.code;
  }

  /** The disk takes nothing, full or failed. */
  #refused(failure: FileError): ErrorCode {
    const { replica, canBeSpared } = this.#options;
    if (canBeSpared()) replica.reportFailure(failure);
    return errors.KAFKA_STORAGE_ERROR.code;
  }

  #checked(errorCode: ErrorCode): ErrorCode {
    const { replica } = this.#options;
    if (replica.log !== null) replica.noteFailure(replica.log);
    return errorCode;
  }
}

/** Of any of these batches; -1: there is none. They may be many and small, so nothing is made of each. */
function latestEpoch(records: Uint8Array): number {
  const bytes = asBuffer(records);
  let [latest, at] = [-1, 0];
  while (at + HEADER_BYTES <= bytes.length) {
    latest = Math.max(latest, bytes.readInt32BE(at + PARTITION_LEADER_EPOCH));
    const sizeInBytes = PREFIX_BYTES + bytes.readInt32BE(at + LENGTH);
    // Damaged: the log will say so.
    if (sizeInBytes < HEADER_BYTES) break;
    at += sizeInBytes;
  }
  return latest;
}
