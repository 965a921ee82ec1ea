/**
 * A log on its way into another data folder (KIP-113). It is copied beside the work that goes on; when the copy has
 * nearly all, it takes the place of the old log in one step.
 */
import { type Clock, FileError } from "../../lib/environment.js";
import { errors } from "../../protocol/errors.js";
import { RecordBatch } from "../../protocol/records/batch.js";
import { asBuffer } from "../../protocol/records/int64.js";
import type { PartitionLog } from "../partition-log.js";
import type { RecordsRead } from "../reads/read-log.js";
import type { FolderLogs } from "./folder-logs.js";

/** A limit on what moves between folders, as a port: `quotas` fits it. */
export interface MoveThrottle {
  /** How long nothing more shall move; 0: more may. */
  pauseMs(): number;
  /** So much has moved. */
  record(bytes: number): void;
}

/** Copied at a time. */
const CHUNK_BYTES = 1024 * 1024;

export interface LogMoveOptions {
  readonly source: PartitionLog;
  readonly from: FolderLogs;
  readonly to: FolderLogs;
  readonly clock: Clock;
  readonly throttle: MoveThrottle;
  /** This log is the one now. Whoever appends must take it at once. */
  readonly onMoved: (log: PartitionLog) => void;
}

export class LogMove {
  readonly source: PartitionLog;
  readonly from: FolderLogs;
  readonly to: FolderLogs;
  readonly #options: LogMoveOptions;
  #copy: PartitionLog | null = null;
  #isCancelled = false;
  /** Ends the pause that it makes. */
  #wake: () => void = () => {};

  constructor(options: LogMoveOptions) {
    this.source = options.source;
    this.from = options.from;
    this.to = options.to;
    this.#options = options;
  }

  /** The bytes of the copy on disk. */
  get bytes(): number {
    return this.#copy?.bytes ?? 0;
  }

  /** How many offsets the copy is behind. */
  get offsetLag(): number {
    return this.source.endOffset - (this.#copy?.endOffset ?? this.source.logStartOffset);
  }

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Nothing more is copied, and the copy is removed. */
  cancel(): void {
    this.#isCancelled = true;
    this.#wake();
  }

  /** Rejects with `FileError` when a disk fails or is full; then all is as before. Resolves when it is moved or cancelled. */
  async run(): Promise<void> {
    try {
      const copy = await this.#copyAll();
      if (copy === null) return;
      // Leaves what a start needs, so that loading it again in its new place takes no time.
      if ((await copy.close()) !== errors.NONE.code) throw this.#failureOf(copy);
      if (!this.#isCancelled) this.#takePlace(copy);
    } finally {
      if (this.#copy !== null) this.to.removeFuture(this.#copy);
      this.#copy = null;
    }
  }

  /** Null: cancelled. */
  async #copyAll(): Promise<PartitionLog | null> {
    const { source, to } = this;
    while (!this.#isCancelled) {
      const copy = this.#copy;
      if (copy !== null && copy.endOffset >= source.endOffset) return copy;
      const from = copy?.endOffset ?? source.logStartOffset;
      const read = await source.fetch(from, CHUNK_BYTES, source.endOffset, true);
      if (!("errorCode" in read)) {
        this.#copy ??= to.createFuture(source, startOf(read, from));
        this.#options.throttle.record(read.records.length);
        this.#append(this.#copy, read);
      } else if (read.errorCode !== errors.OFFSET_OUT_OF_RANGE.code) {
        throw this.#failureOf(source);
      } else if (copy !== null) {
        // Retention was faster: what comes next is gone, and so is all that was copied.
        to.removeFuture(copy);
        this.#copy = null;
      }
      await this.#pause();
    }
    return null;
  }

  /** Synchronous, so that nothing is appended to the old log meanwhile. */
  #takePlace(copy: PartitionLog): void {
    const { source, to, from } = this;
    const log = to.placeFuture(copy, source);
    this.#copy = null;
    while (log.endOffset < source.endOffset) {
      const read = source.read(log.endOffset, CHUNK_BYTES, source.endOffset, true);
      if ("errorCode" in read) throw this.#failureOf(source);
      this.#append(log, read);
    }
    log.setHighWatermark(source.highWatermark);
    log.deleteRecordsBefore(source.logStartOffset);
    from.giveUp(source);
    to.take(log, source.config);
    this.#options.onMoved(log);
  }

  #append(log: PartitionLog, { records, release }: RecordsRead): void {
    const { clock } = this.#options;
    try {
      if (records.length === 0) return;
      const result = log.appendAsFollower(records, { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() });
      if ("errorCode" in result) throw this.#failureOf(log);
    } finally {
      release();
    }
  }

  #failureOf(log: PartitionLog): FileError {
    return (
      log.failure ??
      new FileError("EIO", log.folder, `The log in ${this.from.path} cannot be copied to ${this.to.path}`)
    );
  }

  /** Others get their turn, and the rest of the second where so much has moved that it is enough. */
  async #pause(): Promise<void> {
    const { clock, throttle } = this.#options;
    do {
      await new Promise<void>((resolve) => {
        const timer = clock.at(clock.monotonicMs() + throttle.pauseMs(), resolve);
        this.#wake = () => {
          timer.cancel();
          resolve();
        };
      });
    } while (!this.#isCancelled && throttle.pauseMs() > 0);
  }
}

/** The first batch may begin before the offset that was asked for: DeleteRecords may have cut the log inside it. */
function startOf({ records }: RecordsRead, from: number): number {
  return records.length === 0 ? from : new RecordBatch(asBuffer(records), 0).baseOffset;
}
