/** All partition logs in one data folder. */
import { type Cancellable, type Environment, FileError } from "../lib/environment.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import { type OffsetCheckpoint, readOffsets, readTopicId, writeOffsets } from "./checkpoints.js";
import { type CleanerSettings, LogCleaner } from "./cleaner.js";
import { deletedFolderName, isDeletedFolder, partitionFolderName, partitionOfFolder } from "./file-names.js";
import { Housekeeping, type HousekeepingIntervals } from "./housekeeping.js";
import type { LogConfig } from "./log-config.js";
import type { LogDirectory } from "./log-directory.js";
import { createLogFolder } from "./log-folder.js";
import { METADATA_TOPIC } from "./metadata-log.js";
import { OpenFiles } from "./open-files.js";
import type { PartitionLog } from "./partition-log.js";
import { ReadBuffers } from "./read-buffers.js";
import { type LogToLoad, loadLog, loadLogNow } from "./recover.js";
import { Removals } from "./removals.js";
import { WarmPieces } from "./warm-pieces.js";

export interface LogStoreOptions {
  readonly environment: Pick<Environment, "clock" | "files" | "offload" | "random">;
  readonly directory: LogDirectory;
  /** For logs that are loaded before their own configuration is known. */
  readonly config: LogConfig;
  /** `log.flush.offset.checkpoint.interval.ms` */
  readonly checkpointIntervalMs: number;
  /** `log.segment.delete.delay.ms`: how long the files of a deleted topic stay. */
  readonly fileDeleteDelayMs: number;
  readonly intervals: HousekeepingIntervals;
  /** `samsa.log.open.files.max` */
  readonly openFilesMax: number;
  /** `samsa.log.warm.bytes` */
  readonly warmBytes: number;
  /** Null: `log.cleaner.enable` is off, and no log is compacted. */
  readonly cleaner: CleanerSettings | null;
}

/** Read buffers that are kept for the next reads. */
const READ_BUFFER_BYTES_KEPT_MAX = 32 * 1024 * 1024;

export class LogStore {
  readonly #options: LogStoreOptions;
  /** By the name of the folder. */
  readonly #logs = new Map<string, PartitionLog>();
  /**
   * Those whose own configuration is known, because a partition of this broker has taken them over. Only they are cut and
   * compacted: the defaults of the broker may be wrong for them.
   */
  readonly #held = new Set<PartitionLog>();
  /** For the logs: what they leave open is limited. */
  readonly #files: OpenFiles;
  readonly #buffers = new ReadBuffers(READ_BUFFER_BYTES_KEPT_MAX);
  /** The folders of which the checkpoints on disk tell, also of logs that are gone. */
  #checkpointed = new Set<string>();
  readonly #warm: WarmPieces;
  readonly #removals: Removals;
  readonly #housekeeping: Housekeeping;
  readonly #cleaner: LogCleaner | null;
  #nextCheckpoint: Cancellable | null = null;

  private constructor(options: LogStoreOptions) {
    this.#options = options;
    const { directory, environment, intervals, cleaner } = options;
    this.#files = new OpenFiles(environment.files, options.openFilesMax);
    this.#warm = new WarmPieces(options.warmBytes);
    this.#removals = new Removals(environment);
    const removeLater = (paths: readonly string[], delayMs: number) => this.#removals.later(paths, delayMs);
    this.#cleaner =
      cleaner &&
      new LogCleaner({
        ...{ environment, removeLater, settings: cleaner },
        folder: directory.path,
        logs: () => [...this.#held],
      });
    this.#housekeeping = new Housekeeping({
      environment,
      intervals,
      logs: () => [...this.#held],
      saveStartOffsets: () => this.#save("log-start-offset-checkpoint", (log) => log.logStartOffset),
      removals: this.#removals,
    });
  }

  /** Loads every log in the folder; after an unclean stop they are checked first. Rejects with `FileError`. */
  static async open(options: LogStoreOptions): Promise<LogStore> {
    const store = new LogStore(options);
    const { directory, environment } = options;
    const isClean = directory.wasClosedCleanly;
    await environment.offload({ name: "load the logs", run: () => store.#load(isClean) }, null);
    if (!isClean) for (const log of store.logs) await log.flush();
    directory.beginUse();
    store.#scheduleCheckpoint();
    store.#housekeeping.start();
    store.#cleaner?.start();
    return store;
  }

  get logs(): readonly PartitionLog[] {
    return [...this.#logs.values()];
  }

  /** The log of this partition, if it was ever written to. A log of an earlier topic of that name does not count. */
  get(topic: string, partition: number, topicId: string): PartitionLog | null {
    const log = this.#logs.get(partitionFolderName(topic, partition));
    if (log === undefined) return null;
    if (log.topicId === null) log.assignTopicId(topicId);
    return log.topicId === topicId ? log : null;
  }

  /** The same for the partition that holds it from now on, with the configuration of its topic. */
  hold(topic: string, partition: number, topicId: string, config: LogConfig): PartitionLog | null {
    const log = this.get(topic, partition, topicId);
    if (log === null) return null;
    log.configure(config);
    this.#held.add(log);
    return log;
  }

  /** Throws `FileError` when the disk does not let it, or when the folder would be that of another topic. */
  openOrCreate(topic: string, partition: number, topicId: string, config: LogConfig): PartitionLog {
    const existing = this.hold(topic, partition, topicId, config);
    if (existing !== null) return existing;
    this.delete(topic, partition);
    const { directory, environment } = this.#options;
    // What the checkpoints say of an earlier topic of this name is not true of this one.
    if (this.#checkpointed.has(partitionFolderName(topic, partition)) && !this.#checkpoint()) {
      throw new FileError("EIO", directory.path, `The checkpoints in ${directory.path} cannot be written`);
    }
    createLogFolder(environment.files, directory.path, topic, partition, topicId);
    const start = { isClean: true, recoveryPoint: 0, logStartOffset: 0, highWatermark: 0 };
    const log = loadLogNow({ ...this.#place(topic, partition), topicId, config, ...start });
    this.#logs.set(partitionFolderName(topic, partition), log);
    this.#held.add(log);
    return log;
  }

  /** The log is gone at once; its files are removed after `file.delete.delay.ms`. */
  delete(topic: string, partition: number): void {
    const name = partitionFolderName(topic, partition);
    const log = this.#logs.get(name);
    if (log === undefined) return;
    this.#logs.delete(name);
    this.#held.delete(log);
    log.release();
    const { files, random } = this.#options.environment;
    const unique = Buffer.from(random.bytes(16)).toString("hex");
    const deleted = `${this.#options.directory.path}/${deletedFolderName(topic, partition, unique)}`;
    files.rename(log.folder, deleted);
    this.#removals.later([deleted], this.#options.fileDeleteDelayMs);
  }

  /** `clean`: everything is made durable, and the next start need not check it. Tells whether that worked. */
  async close({ clean }: { readonly clean: boolean }): Promise<ErrorCode> {
    this.#nextCheckpoint?.cancel();
    this.#housekeeping.stop();
    await this.#cleaner?.stop();
    this.#removals.cancel();
    if (!clean) {
      for (const log of this.#logs.values()) log.release();
      return errors.NONE.code;
    }
    const results = await Promise.all(this.logs.map((log) => log.close()));
    const isDurable = results.every((errorCode) => errorCode === errors.NONE.code) && this.#checkpoint();
    if (isDurable) this.#options.directory.endUse();
    return isDurable ? errors.NONE.code : errors.KAFKA_STORAGE_ERROR.code;
  }

  *#load(isClean: boolean): Generator<void, void, void> {
    const { directory, environment, config } = this.#options;
    const { files } = environment;
    const recoveryPoints = readOffsets(files, directory.path, "recovery-point-offset-checkpoint");
    const logStartOffsets = readOffsets(files, directory.path, "log-start-offset-checkpoint");
    const highWatermarks = readOffsets(files, directory.path, "replication-offset-checkpoint");
    this.#checkpointed = new Set([...recoveryPoints.keys(), ...logStartOffsets.keys(), ...highWatermarks.keys()]);
    const names = files.list(directory.path);
    // Their new names are made durable first: a folder that comes back under its old one must have all its files.
    if (names.some(isDeletedFolder)) files.syncFolder(directory.path);
    for (const name of names) {
      if (isDeletedFolder(name)) files.remove(`${directory.path}/${name}`);
      const place = partitionOfFolder(name);
      // The metadata log lies in the same folder, but belongs to the metadata engine.
      if (place === null || place.topic === METADATA_TOPIC) continue;
      const log = yield* loadLog({
        ...this.#place(place.topic, place.partition),
        topicId: readTopicId(files, `${directory.path}/${name}`),
        config,
        isClean,
        recoveryPoint: recoveryPoints.get(name) ?? 0,
        logStartOffset: logStartOffsets.get(name) ?? 0,
        highWatermark: highWatermarks.get(name) ?? 0,
      });
      this.#logs.set(name, log);
      yield;
    }
  }

  #place(
    topic: string,
    partition: number,
  ): Pick<LogToLoad, "topic" | "partition" | "files" | "folder" | "buffers" | "warm" | "nowMs"> {
    const { directory, environment } = this.#options;
    const folder = `${directory.path}/${partitionFolderName(topic, partition)}`;
    const { clock } = environment;
    return {
      topic,
      partition,
      files: this.#files,
      folder,
      buffers: this.#buffers,
      warm: this.#warm,
      nowMs: clock.wallMs(),
    };
  }

  #scheduleCheckpoint(): void {
    const { clock } = this.#options.environment;
    this.#nextCheckpoint = clock.at(clock.monotonicMs() + this.#options.checkpointIntervalMs, () => {
      for (const log of this.#logs.values()) log.expireProducers(clock.wallMs());
      this.#checkpoint();
      this.#scheduleCheckpoint();
    });
  }

  /** Writes down what a start would otherwise have to find out, or could not. */
  #checkpoint(): boolean {
    const isSaved =
      this.#save("recovery-point-offset-checkpoint", (log) => log.recoveryPoint) &&
      this.#save("log-start-offset-checkpoint", (log) => log.logStartOffset) &&
      this.#save("replication-offset-checkpoint", (log) => log.highWatermark);
    if (isSaved) this.#checkpointed = new Set(this.#logs.keys());
    return isSaved;
  }

  /** False: the disk failed. What is lost is found out again at the next start. */
  #save(checkpoint: OffsetCheckpoint, of: (log: PartitionLog) => number): boolean {
    const { directory, environment } = this.#options;
    const offsets = this.logs.map((log) => ({ topic: log.topic, partition: log.partition, offset: of(log) }));
    try {
      for (const name of this.#logs.keys()) this.#checkpointed.add(name);
      writeOffsets(environment.files, directory.path, checkpoint, offsets);
      return true;
    } catch (error) {
      if (error instanceof FileError) return false;
      throw error;
    }
  }
}
