/** All partition logs in one data folder. */
import { type Cancellable, type Environment, FileError } from "../lib/environment.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import { type PartitionOffset, readOffsets, readTopicId, writeOffsets } from "./checkpoints.js";
import { deletedFolderName, isDeletedFolder, partitionFolderName, partitionOfFolder } from "./file-names.js";
import type { LogConfig } from "./log-config.js";
import type { LogDirectory } from "./log-directory.js";
import { createLogFolder } from "./log-folder.js";
import { METADATA_TOPIC } from "./metadata-log.js";
import type { PartitionLog } from "./partition-log.js";
import { ReadBuffers } from "./read-buffers.js";
import { type LogToLoad, loadLog, loadLogNow } from "./recover.js";

export interface LogStoreOptions {
  readonly environment: Pick<Environment, "clock" | "files" | "offload" | "random">;
  readonly directory: LogDirectory;
  /** For logs that are loaded before their own configuration is known. */
  readonly config: LogConfig;
  /** `log.flush.offset.checkpoint.interval.ms` */
  readonly checkpointIntervalMs: number;
  /** `file.delete.delay.ms` */
  readonly fileDeleteDelayMs: number;
}

/** Read buffers that are kept for the next reads. */
const READ_BUFFER_BYTES_KEPT_MAX = 32 * 1024 * 1024;

export class LogStore {
  readonly #options: LogStoreOptions;
  /** By the name of the folder. */
  readonly #logs = new Map<string, PartitionLog>();
  readonly #buffers = new ReadBuffers(READ_BUFFER_BYTES_KEPT_MAX);
  readonly #removals = new Set<Cancellable>();
  #nextCheckpoint: Cancellable | null = null;

  private constructor(options: LogStoreOptions) {
    this.#options = options;
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

  /** Throws `FileError` when the disk does not let it, or when the folder would be that of another topic. */
  openOrCreate(topic: string, partition: number, topicId: string, config: LogConfig): PartitionLog {
    const existing = this.get(topic, partition, topicId);
    existing?.configure(config);
    if (existing !== null) return existing;
    this.delete(topic, partition);
    const { directory, environment } = this.#options;
    createLogFolder(environment.files, directory.path, topic, partition, topicId);
    const start = { isClean: true, recoveryPoint: 0, logStartOffset: 0, highWatermark: 0 };
    const log = loadLogNow({ ...this.#place(topic, partition), topicId, config, ...start });
    this.#logs.set(partitionFolderName(topic, partition), log);
    return log;
  }

  /** The log is gone at once; its files are removed after `file.delete.delay.ms`. */
  delete(topic: string, partition: number): void {
    const name = partitionFolderName(topic, partition);
    const log = this.#logs.get(name);
    if (log === undefined) return;
    this.#logs.delete(name);
    log.release();
    const { clock, files, random } = this.#options.environment;
    const unique = Buffer.from(random.bytes(16)).toString("hex");
    const deleted = `${this.#options.directory.path}/${deletedFolderName(topic, partition, unique)}`;
    files.rename(log.folder, deleted);
    const removal = clock.at(clock.monotonicMs() + this.#options.fileDeleteDelayMs, () => {
      this.#removals.delete(removal);
      this.#unlessDiskFails(() => files.remove(deleted));
    });
    this.#removals.add(removal);
  }

  /** `clean`: everything is made durable, and the next start need not check it. Tells whether that worked. */
  async close({ clean }: { readonly clean: boolean }): Promise<ErrorCode> {
    this.#nextCheckpoint?.cancel();
    for (const removal of this.#removals) removal.cancel();
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
    for (const name of files.list(directory.path)) {
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
  ): Pick<LogToLoad, "topic" | "partition" | "files" | "folder" | "buffers" | "nowMs"> {
    const { directory, environment } = this.#options;
    const folder = `${directory.path}/${partitionFolderName(topic, partition)}`;
    const { clock, files } = environment;
    return { topic, partition, files, folder, buffers: this.#buffers, nowMs: clock.wallMs() };
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
    const { directory, environment } = this.#options;
    const offsets = (of: (log: PartitionLog) => number): PartitionOffset[] =>
      this.logs.map((log) => ({ topic: log.topic, partition: log.partition, offset: of(log) }));
    return this.#unlessDiskFails(() => {
      const { files } = environment;
      writeOffsets(
        files,
        directory.path,
        "recovery-point-offset-checkpoint",
        offsets((log) => log.recoveryPoint),
      );
      writeOffsets(
        files,
        directory.path,
        "log-start-offset-checkpoint",
        offsets((log) => log.logStartOffset),
      );
      writeOffsets(
        files,
        directory.path,
        "replication-offset-checkpoint",
        offsets((log) => log.highWatermark),
      );
    });
  }

  /** False: the disk failed. What is lost is found out again at the next start. */
  #unlessDiskFails(run: () => void): boolean {
    try {
      run();
      return true;
    } catch (error) {
      if (error instanceof FileError) return false;
      throw error;
    }
  }
}
