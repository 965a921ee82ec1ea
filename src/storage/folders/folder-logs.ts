/**
 * The partition logs in one data folder, from its loading until the broker stops or the folder fails: their checkpoints,
 * their housekeeping, their compaction.
 */
import type { Cancellable } from "../../lib/environment.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { type CleanerSettings, LogCleaner } from "../compaction/cleaner.js";
import { readTopicId, writeTopicId } from "../files/checkpoints.js";
import { partitionFolderName } from "../files/file-names.js";
import { createLogFolder } from "../files/log-folder.js";
import type { LogConfig } from "../log-config.js";
import type { PartitionLog } from "../partition-log.js";
import { loadLog, loadLogNow } from "../recovery/recover.js";
import { FolderCheckpoints } from "./folder-checkpoints.js";
import { Housekeeping, type HousekeepingIntervals } from "./housekeeping.js";
import type { LogDirectory } from "./log-directory.js";
import { LogPlaces } from "./log-places.js";
import { Removals } from "./removals.js";
import { rewriteUnsynced } from "./rewrite-unsynced.js";
import type { SharedByLogs } from "./shared-by-logs.js";

export interface FolderLogsSettings {
  /** For logs that are loaded before their own configuration is known. */
  readonly config: LogConfig;
  /** `log.flush.offset.checkpoint.interval.ms` */
  readonly checkpointIntervalMs: number;
  /** `log.segment.delete.delay.ms`: how long the files of a deleted topic stay. */
  readonly fileDeleteDelayMs: number;
  readonly intervals: HousekeepingIntervals;
  /** Null: `log.cleaner.enable` is off, and no log is compacted. */
  readonly cleaner: CleanerSettings | null;
}

/** How the folder was left: after a failure not even the system's memory of it can be trusted. */
export type LeftHow = "cleanly" | "uncleanly" | "failed";

/** Who is told how the loading goes. */
export interface LoadWatcher {
  /** One more is loaded, of so many. */
  loaded(log: PartitionLog, done: number, of: number): void;
  /** Nobody can tell any more of which topic this log was. Its files are there now. */
  setAside(log: PartitionLog, path: string): void;
}

/** How the logs are closed. */
export interface Closing {
  /** Everything is made durable, and the next start need not check it. */
  readonly clean: boolean;
  /** Of the broker that ends; the next one tells with it that the end was clean (KIP-966). */
  readonly brokerEpoch?: number;
}

export class FolderLogs {
  readonly directory: LogDirectory;
  readonly #settings: FolderLogsSettings;
  readonly #shared: SharedByLogs;
  /** By the name of the folder. */
  readonly #logs = new Map<string, PartitionLog>();
  /**
   * Those whose own configuration is known, because a partition of this broker has taken them over. Only they are cut and
   * compacted: the defaults of the broker may be wrong for them.
   */
  readonly #held = new Set<PartitionLog>();
  readonly #places: LogPlaces;
  readonly #checkpoints: FolderCheckpoints;
  readonly #removals: Removals;
  readonly #housekeeping: Housekeeping;
  readonly #cleaner: LogCleaner | null;
  #nextCheckpoint: Cancellable | null = null;
  #isStopped = false;

  constructor(directory: LogDirectory, settings: FolderLogsSettings, shared: SharedByLogs) {
    this.directory = directory;
    this.#settings = settings;
    this.#shared = shared;
    const { environment } = shared;
    const { intervals, cleaner } = settings;
    this.#places = new LogPlaces(directory.path, shared);
    this.#checkpoints = new FolderCheckpoints(environment.files, directory.path, this.#logs);
    this.#removals = new Removals(environment);
    const removeLater = (paths: readonly string[], delayMs: number) => this.#removals.later(paths, delayMs);
    const logs = () => [...this.#held];
    this.#cleaner =
      cleaner && new LogCleaner({ environment, removeLater, settings: cleaner, folder: directory.path, logs });
    this.#housekeeping = new Housekeeping({
      environment,
      intervals,
      logs,
      saveStartOffsets: (isWanted) => this.#checkpoints.saveStartOffsetsInPool(isWanted),
      removals: this.#removals,
    });
  }

  get path(): string {
    return this.directory.path;
  }

  get logs(): readonly PartitionLog[] {
    return [...this.#logs.values()];
  }

  get count(): number {
    return this.#logs.size;
  }

  /** By the name of its folder. */
  get(name: string): PartitionLog | undefined {
    return this.#logs.get(name);
  }

  /** Loads every log in the folder; unless it was left cleanly, they are checked first. Throws `FileError`. */
  *load(left: LeftHow, watcher: LoadWatcher): Generator<void, void, void> {
    const { files } = this.#shared.environment;
    const noted = this.#checkpoints.read();
    const places = this.#places.found();
    for (const [at, place] of places.entries()) {
      const name = partitionFolderName(place.topic, place.partition);
      const offsets = noted(name);
      if (left === "failed") yield* rewriteUnsynced(files, `${this.path}/${name}`, offsets.recoveryPoint);
      const log = yield* loadLog({
        ...this.#places.of(place),
        topicId: readTopicId(files, `${this.path}/${name}`),
        config: this.#settings.config,
        isClean: left === "cleanly",
        ...offsets,
      });
      // The power went before the first flush. It may be the log of an earlier topic of that name, and so may its offsets.
      const isNobodys = left !== "cleanly" && log.topicId === null && offsets.recoveryPoint === 0;
      if (!isNobodys) {
        this.#logs.set(name, log);
        watcher.loaded(log, at + 1, places.length);
      } else if (log.bytes > 0) {
        watcher.setAside(log, this.setAside(log));
      } else {
        log.release();
        files.remove(log.folder);
      }
      yield;
    }
  }

  /** From now on the logs are looked after. */
  start(): void {
    this.directory.beginUse();
    this.#scheduleCheckpoint();
    this.#housekeeping.start();
    this.#cleaner?.start();
  }

  /** Whether a partition has taken it over. */
  holds(log: PartitionLog): boolean {
    return this.#held.has(log);
  }

  hold(log: PartitionLog, config: LogConfig): void {
    log.configure(config);
    this.#held.add(log);
  }

  /** Throws `FileError` when the disk does not let it, or when the folder would be that of another topic. */
  create(topic: string, partition: number, topicId: string, config: LogConfig): PartitionLog {
    const name = partitionFolderName(topic, partition);
    this.#checkpoints.forget(name);
    this.#places.clear(name);
    createLogFolder(this.#shared.environment.files, this.path, topic, partition, topicId);
    const start = { isClean: true, recoveryPoint: 0, logStartOffset: 0, highWatermark: 0 };
    const log = loadLogNow({ ...this.#places.of({ topic, partition }), topicId, config, ...start });
    this.#logs.set(name, log);
    this.#held.add(log);
    return log;
  }

  truncate(log: PartitionLog, offset: number): ErrorCode {
    return log.truncateTo(offset, () => this.#checkpoints.saveRecoveryPoints());
  }

  startAnewAt(log: PartitionLog, offset: number): ErrorCode {
    const nowMs = this.#shared.environment.clock.wallMs();
    return log.startAnewAt(offset, nowMs, () => this.#checkpoints.saveRecoveryPoints());
  }

  /** The log is gone at once; its files are removed after `file.delete.delay.ms`. Throws `FileError`. */
  delete(log: PartitionLog): void {
    this.giveUp(log);
    this.discard(log);
  }

  /** Removes the files of a log that was given up. Throws `FileError`. */
  discard(log: PartitionLog): void {
    log.release();
    // It has come back meanwhile, in place of the old files.
    if (this.#logs.has(partitionFolderName(log.topic, log.partition))) return;
    const deleted = this.#places.moveAside(log, "deleted");
    this.#removals.later([deleted], this.#settings.fileDeleteDelayMs);
  }

  /** An empty log beside, into which one of another folder is copied. Throws `FileError`. */
  createFuture({ topic, partition, topicId, config }: PartitionLog, logStartOffset: number): PartitionLog {
    const { files } = this.#shared.environment;
    const place = this.#places.future({ topic, partition });
    files.createFolder(place.folder);
    if (topicId !== null) writeTopicId(files, place.folder, topicId);
    const start = { isClean: true, recoveryPoint: 0, logStartOffset, highWatermark: logStartOffset };
    return loadLogNow({ ...place, topicId, config, ...start });
  }

  /** The copy, which is closed, becomes the log of its partition. Throws `FileError`. */
  placeFuture(
    { folder }: PartitionLog,
    { topic, partition, topicId, config, logStartOffset }: PartitionLog,
  ): PartitionLog {
    const { files } = this.#shared.environment;
    const place = this.#places.of({ topic, partition });
    this.#checkpoints.forget(partitionFolderName(topic, partition));
    this.#places.clear(partitionFolderName(topic, partition));
    files.rename(folder, place.folder);
    files.syncFolder(this.path);
    const start = { isClean: true, recoveryPoint: 0, logStartOffset, highWatermark: logStartOffset };
    return loadLogNow({ ...place, topicId, config, ...start });
  }

  /** A copy that is not wanted. If the disk does not let it, the next start removes it. */
  removeFuture(copy: PartitionLog): void {
    copy.release();
    this.#removals.later([copy.folder], 0);
  }

  /** From now on this is a log of this folder. */
  take(log: PartitionLog, config: LogConfig): void {
    this.#logs.set(partitionFolderName(log.topic, log.partition), log);
    this.hold(log, config);
    this.checkpoint();
  }

  /** The log is none of this folder any more; its files are left as they are. */
  giveUp(log: PartitionLog): void {
    this.#logs.delete(partitionFolderName(log.topic, log.partition));
    this.#held.delete(log);
  }

  /** The log belongs to no topic that is known: it is not served, and its files stay for a person. Throws `FileError`. */
  setAside(log: PartitionLog): string {
    this.giveUp(log);
    log.release();
    return this.#places.moveAside(log, "stray");
  }

  /** Tells whether everything was made durable that was to be. */
  async close({ clean, brokerEpoch }: Closing): Promise<ErrorCode> {
    await this.#stop();
    if (!clean) {
      this.#release();
      return errors.NONE.code;
    }
    const isDurable = (await this.#closeLogs()) && this.checkpoint();
    if (isDurable) this.directory.endUse(brokerEpoch);
    return isDurable ? errors.NONE.code : errors.KAFKA_STORAGE_ERROR.code;
  }

  /** The folder has failed: no file of it is used any more. Resolves when nothing that was under way will change one. */
  async abandon(): Promise<void> {
    this.#release();
    await this.#stop();
  }

  /** False: the disk failed, or is full. */
  checkpoint(): boolean {
    return this.#checkpoints.save();
  }

  /** In steps, between which others get their turn. */
  async #closeLogs(): Promise<boolean> {
    const closed: Promise<ErrorCode>[] = [];
    const { logs } = this;
    function* close(): Generator<void, void, void> {
      for (const log of logs) {
        closed.push(log.close());
        yield;
      }
    }
    await this.#shared.environment.offload({ name: "close the logs", run: close }, null);
    return (await Promise.all(closed)).every((errorCode) => errorCode === errors.NONE.code);
  }

  /** The next one comes so long after the one before is written. */
  #scheduleCheckpoint(): void {
    if (this.#isStopped) return;
    const { clock } = this.#shared.environment;
    this.#nextCheckpoint = clock.at(clock.monotonicMs() + this.#settings.checkpointIntervalMs, () => {
      for (const log of this.#logs.values()) {
        log.expireProducers(clock.wallMs());
        if (log.failure !== null) this.#shared.onFailedLog(log, log.failure);
      }
      void this.#checkpoints.saveInPool(() => !this.#isStopped).then(() => this.#scheduleCheckpoint());
    });
  }

  async #stop(): Promise<void> {
    this.#isStopped = true;
    this.#nextCheckpoint?.cancel();
    this.#housekeeping.stop();
    await Promise.all([this.#cleaner?.stop(), this.#checkpoints.settled()]);
    // The cleaner may have had the last ones yet.
    this.#removals.cancel();
  }

  #release(): void {
    for (const log of this.#logs.values()) log.release();
  }
}
