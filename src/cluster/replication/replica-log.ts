/**
 * The log under a replica, whether it is led here or followed. It begins to exist with the first append, so that an empty
 * partition costs no file.
 */
import { FileError } from "../../lib/environment.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { LogStore } from "../../storage/folders/log-store.js";
import type { EpochEnd } from "../../storage/leader-epochs.js";
import type { LogConfig } from "../../storage/log-config.js";
import type { LogRead } from "../../storage/log-results.js";
import type { PartitionLog } from "../../storage/partition-log.js";
import { fetchRecords } from "../../storage/reads/fetch-records.js";
import { nothingRead, type ReadRequest } from "../../storage/reads/read-log.js";

export interface ReplicaLogOptions {
  readonly topic: string;
  readonly topicId: string;
  readonly index: number;
  readonly store: LogStore;
  readonly config: LogConfig;
  /** More of the log is as durable as `flush.messages` asks. */
  readonly onFlushed: () => void;
  /** The disk has failed under the log. */
  readonly onFailed: (failure: FileError) => void;
}

export class ReplicaLog {
  readonly #options: ReplicaLogOptions;
  #config: LogConfig;
  #log: PartitionLog | null;
  /** The log that is being flushed again and again until all is settled. */
  #settling: PartitionLog | null = null;

  constructor(options: ReplicaLogOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#log = this.#held();
  }

  get config(): LogConfig {
    return this.#config;
  }

  /** Null while nothing was ever appended. */
  get log(): PartitionLog | null {
    return this.#log;
  }

  get logStartOffset(): number {
    return this.#log?.logStartOffset ?? 0;
  }

  get endOffset(): number {
    return this.#log?.endOffset ?? 0;
  }

  get highWatermark(): number {
    return this.#log?.highWatermark ?? 0;
  }

  get settledOffset(): number {
    return this.#log?.settledOffset ?? 0;
  }

  /** Whether the log may lie in a folder that has failed. */
  get isOutOfReach(): boolean {
    const { store, topic, index, topicId } = this.#options;
    return store.isOutOfReach(topic, index, topicId);
  }

  configure(config: LogConfig): void {
    this.#config = config;
    this.#log?.configure(config);
  }

  /** The log, made if there is none; or why the disk does not let it. */
  open(): PartitionLog | FileError {
    if (this.#log !== null) return this.#log;
    const { store, topic, index, topicId } = this.#options;
    try {
      this.#log = store.openOrCreate(topic, index, topicId, this.#config);
      return this.#log;
    } catch (failure) {
      if (failure instanceof FileError) return failure;
      throw failure;
    }
  }

  /** It was offline and may be another one now, or be found for the first time. */
  findAgain(): void {
    this.#log = this.#held();
  }

  /** It has moved to another folder, with all that was in it. */
  replace(log: PartitionLog): void {
    this.#log = log;
  }

  /** Whole batches, as a fetch wants them. */
  read(request: ReadRequest): LogRead | Promise<LogRead> {
    if (this.#log !== null) return fetchRecords(this.#log, request);
    return request.from === 0 ? nothingRead(0) : { errorCode: errors.OFFSET_OUT_OF_RANGE.code };
  }

  /** KIP-320: the last epoch that is not above `leaderEpoch`, and the offset behind its last record; -1 for both if none. */
  epochEndOffset(leaderEpoch: number, currentEpoch: number | null): EpochEnd {
    return this.#log?.epochEndOffset(leaderEpoch) ?? endOfNothing(leaderEpoch, currentEpoch);
  }

  /** The same between replicas: also of what lies before the start of the log. */
  keptEpochEndOffset(leaderEpoch: number, currentEpoch: number | null): EpochEnd {
    return this.#log?.keptEpochEndOffset(leaderEpoch) ?? endOfNothing(leaderEpoch, currentEpoch);
  }

  /** Cuts off the records from `offset` on. */
  truncateTo(offset: number): ErrorCode {
    return this.#log === null ? errors.NONE.code : this.#options.store.truncate(this.#log, offset);
  }

  /** Gives up all that it has, and begins at `offset`. */
  startAnewAt(offset: number): ErrorCode {
    const log = this.open();
    return log instanceof FileError ? errors.KAFKA_STORAGE_ERROR.code : this.#options.store.startAnewAt(log, offset);
  }

  /** One flush after the other until nothing waits for one: all that was appended during one shares the next. */
  async settle(): Promise<void> {
    const log = this.#log;
    if (log === null || this.#settling === log || log.settledOffset >= log.endOffset) return;
    this.#settling = log;
    while (log.settledOffset < log.endOffset && (await log.flush()) === errors.NONE.code) this.#options.onFlushed();
    if (this.#settling === log) this.#settling = null;
    this.noteFailure(log);
  }

  /** To be asked after whatever may have failed. */
  noteFailure(log: PartitionLog): void {
    if (log.failure !== null && log === this.#log) this.#options.onFailed(log.failure);
  }

  /** The whole folder is offline until it was proved to work. */
  reportFailure(failure: FileError): void {
    this.#options.store.failed(this.#log?.folder ?? failure.path, failure);
  }

  #held(): PartitionLog | null {
    const { store, topic, topicId, index } = this.#options;
    return store.hold(topic, index, topicId, this.#config);
  }
}

/** Of a log that does not exist yet, whose leader is of the epoch `currentEpoch`; null: it follows. */
function endOfNothing(leaderEpoch: number, currentEpoch: number | null): EpochEnd {
  const isKnown = currentEpoch !== null && leaderEpoch >= 0 && leaderEpoch <= currentEpoch;
  return isKnown ? { epoch: leaderEpoch, endOffset: 0 } : { epoch: -1, endOffset: -1 };
}
