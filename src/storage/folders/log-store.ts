/** All partition logs of the broker, in one data folder or several. A log lies in one of them as a whole (KIP-113). */
import { type Environment, FileError } from "../../lib/environment.js";
import { ReusedBuffers } from "../../lib/reused-buffers.js";
import type { Logger } from "../../observability/logger.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { partitionFolderName } from "../files/file-names.js";
import type { LogConfig } from "../log-config.js";
import type { PartitionLog } from "../partition-log.js";
import { WarmPieces } from "../reads/warm-pieces.js";
import { DataFolder, type FailedDirectory } from "./data-folder.js";
import type { Closing, FolderLogs, FolderLogsSettings } from "./folder-logs.js";
import type { LogDirectory } from "./log-directory.js";
import type { LogMove, MoveThrottle } from "./log-move.js";
import { LogMoves } from "./log-moves.js";
import { OpenFiles } from "./open-files.js";
import type { SharedByLogs } from "./shared-by-logs.js";
import { WatchedFiles } from "./watched-files.js";

export interface LogStoreOptions extends FolderLogsSettings {
  readonly environment: Pick<Environment, "clock" | "files" | "offload" | "random">;
  readonly logger: Logger;
  /** `log.dirs`, at least one of which is open. The store releases them. */
  readonly directories: readonly (LogDirectory | FailedDirectory)[];
  /** `samsa.log.open.files.max` */
  readonly openFilesMax: number;
  /** `samsa.log.warm.bytes` */
  readonly warmBytes: number;
  /** `samsa.log.dir.retry.ms` */
  readonly retryMs: number;
  /** `replica.alter.log.dirs.io.max.bytes.per.second` */
  readonly moveThrottle: MoveThrottle;
}

/** Whom the store tells of folders that fail and come back. */
export interface FolderWatcher {
  /** These logs are offline. */
  failed(logs: readonly PartitionLog[]): void;
  /** Logs that were offline can be had again. */
  back(): void;
  /** The second log has taken the place of the first: whatever is appended from now on goes there. */
  moved(source: PartitionLog, log: PartitionLog): void;
}

/** Read buffers that are kept for the next reads. */
const READ_BUFFER_BYTES_KEPT_MAX = 32 * 1024 * 1024;

export class LogStore {
  readonly #options: LogStoreOptions;
  readonly #folders: readonly DataFolder[];
  readonly #moves: LogMoves;
  #watcher: FolderWatcher = { failed: () => {}, back: () => {}, moved: () => {} };

  private constructor(options: LogStoreOptions) {
    this.#options = options;
    const shared = this.#shared();
    this.#folders = options.directories.map(
      (directory) =>
        new DataFolder(directory, {
          settings: options,
          shared,
          logger: options.logger,
          retryMs: options.retryMs,
          owner: () => this.#folders.find((folder) => folder.directory?.owner)?.directory?.owner ?? null,
          onFailed: (logs) => {
            this.#moves.cancelIn(logs);
            this.#watcher.failed(logs.logs);
          },
          onBack: () => this.#back(),
        }),
    );
    this.#moves = new LogMoves({
      clock: options.environment.clock,
      logger: options.logger,
      throttle: options.moveThrottle,
      onMoved: (source, log) => this.#watcher.moved(source, log),
    });
  }

  /** Loads every log; after an unclean stop they are checked first. Rejects with `FileError` when no folder works. */
  static async open(options: LogStoreOptions): Promise<LogStore> {
    const store = new LogStore(options);
    await Promise.all(store.#folders.map((folder) => folder.open()));
    const [first] = store.#folders;
    store.#dropOldCopies();
    if (store.#serving.length === 0 && first !== undefined) {
      await store.close({ clean: false });
      throw first.failure ?? new FileError("EIO", first.path, `${first.path} cannot be used`);
    }
    return store;
  }

  /** As they were configured, the failed ones too. */
  get folders(): readonly DataFolder[] {
    return this.#folders;
  }

  get logs(): readonly PartitionLog[] {
    return this.#serving.flatMap((folder) => folder.logs);
  }

  watch(watcher: FolderWatcher): void {
    this.#watcher = watcher;
  }

  /** The log of this partition, if it was ever written to. A log of an earlier topic of that name does not count. */
  get(topic: string, partition: number, topicId: string): PartitionLog | null {
    return this.#find(partitionFolderName(topic, partition), topicId)?.log ?? null;
  }

  /** The same for the partition that holds it from now on, with the configuration of its topic. */
  hold(topic: string, partition: number, topicId: string, config: LogConfig): PartitionLog | null {
    const name = partitionFolderName(topic, partition);
    const found = this.#find(name, topicId);
    if (found === null) return null;
    found.folder.hold(found.log, config);
    return found.log;
  }

  /** Whether this partition may have a log in a folder that has failed. */
  isOutOfReach(topic: string, partition: number, topicId: string): boolean {
    const name = partitionFolderName(topic, partition);
    if (this.#find(name, topicId) !== null) return false;
    return this.#folders.some((folder) => folder.mayHide(name, topicId));
  }

  /** The folder of this partition's log, or where it will lie once something is written; null: in none that works. */
  placeOf(topic: string, partition: number, topicId: string): DataFolder | null {
    const name = partitionFolderName(topic, partition);
    const found = this.#find(name, topicId)?.folder;
    if (found !== undefined) return this.#folders.find((folder) => folder.logs === found) ?? null;
    return this.#folders.find(({ promised }) => promised.has(name)) ?? this.#promise(name);
  }

  /** Copies under way into another folder. */
  get moves(): readonly LogMove[] {
    return this.#moves.all;
  }

  /** AlterReplicaLogDirs: brings the log of this partition into that folder, which works, without stopping anybody. */
  move(topic: string, partition: number, topicId: string, to: DataFolder): void {
    const name = partitionFolderName(topic, partition);
    const found = this.#find(name, topicId);
    if (found === null) {
      for (const { promised } of this.#folders) promised.delete(name);
      to.promised.add(name);
    } else if (to.logs === null || found.folder === to.logs) {
      this.#moves.cancel(found.log);
    } else {
      this.#moves.begin(found.log, found.folder, to.logs);
    }
  }

  /** Throws `FileError` when the disk does not let it, or when the folder would be that of another topic. */
  openOrCreate(topic: string, partition: number, topicId: string, config: LogConfig): PartitionLog {
    const existing = this.hold(topic, partition, topicId, config);
    if (existing !== null) return existing;
    const place = this.placeOf(topic, partition, topicId);
    if (!place?.logs) throw new FileError("EIO", "", "None of the data folders works");
    for (const folder of this.#serving) {
      const earlier = folder.get(partitionFolderName(topic, partition));
      if (earlier !== undefined) this.#deleteFrom(folder, earlier);
    }
    const log = place.logs.create(topic, partition, topicId, config);
    place.promised.delete(partitionFolderName(topic, partition));
    return log;
  }

  /** Cuts off the records from `offset` on, which a new leader does not have. */
  truncate(log: PartitionLog, offset: number): ErrorCode {
    return this.#holding(log)?.truncate(log, offset) ?? errors.KAFKA_STORAGE_ERROR.code;
  }

  /** Gives up all that is in the log, which goes on at `offset`. */
  startAnewAt(log: PartitionLog, offset: number): ErrorCode {
    return this.#holding(log)?.startAnewAt(log, offset) ?? errors.KAFKA_STORAGE_ERROR.code;
  }

  /** The log is gone at once; its files are removed after `file.delete.delay.ms`. */
  delete(topic: string, partition: number): void {
    const name = partitionFolderName(topic, partition);
    for (const folder of this.#folders) folder.forget(name);
    for (const folder of this.#serving) {
      const log = folder.get(name);
      if (log !== undefined) this.#deleteFrom(folder, log);
    }
  }

  /** Logs that belong to no partition of this broker are served no more; their files get another name (`-stray`). */
  setAsideStrays(isKnown: (log: PartitionLog) => boolean): void {
    for (const folder of this.#serving) {
      for (const log of folder.logs.filter((one) => !isKnown(one))) this.#setAside(folder, log);
    }
  }

  /** The disk has failed under this path, and with it the data folder has. */
  failed(path: string, failure: FileError): void {
    this.#folderOf(path)?.fail(failure);
  }

  /** Tells whether everything was made durable that was to be. */
  async close(how: Closing): Promise<ErrorCode> {
    await this.#moves.stop();
    const results = await Promise.all(this.#folders.map((folder) => folder.close(how)));
    return results.find((errorCode) => errorCode !== errors.NONE.code) ?? errors.NONE.code;
  }

  get #serving(): readonly FolderLogs[] {
    return this.#folders.flatMap(({ logs }) => logs ?? []);
  }

  #holding(log: PartitionLog): FolderLogs | undefined {
    const name = partitionFolderName(log.topic, log.partition);
    return this.#serving.find((folder) => folder.get(name) === log);
  }

  #shared(): SharedByLogs {
    const { environment, openFilesMax, warmBytes } = this.#options;
    const files = new WatchedFiles(environment.files, (failure) => this.#folderOf(failure.path)?.fail(failure));
    return {
      environment: { ...environment, files },
      files: new OpenFiles(files, openFilesMax),
      buffers: new ReusedBuffers(READ_BUFFER_BYTES_KEPT_MAX),
      warm: new WarmPieces(warmBytes),
      onFailedLog: (log, failure) => this.failed(log.folder, failure),
    };
  }

  #folderOf(path: string): DataFolder | null {
    const holding = this.#folders.filter((folder) => path === folder.path || path.startsWith(`${folder.path}/`));
    // One data folder may lie in another.
    return holding.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
  }

  #find(name: string, topicId: string): { readonly folder: FolderLogs; readonly log: PartitionLog } | null {
    for (const folder of this.#serving) {
      const log = folder.get(name);
      if (log?.topicId === null) log.assignTopicId(topicId);
      if (log?.topicId === topicId) return { folder, log };
    }
    return null;
  }

  /** New logs come where the fewest are. */
  #promise(name: string): DataFolder | null {
    const working = this.#folders.filter(({ failure }) => failure === null);
    const fewest = Math.min(...working.map(({ partitionCount }) => partitionCount));
    const folder = working.find(({ partitionCount }) => partitionCount === fewest) ?? null;
    folder?.promised.add(name);
    return folder;
  }

  #back(): void {
    this.#dropOldCopies();
    this.#watcher.back();
  }

  /**
   * A crash while a log took its new place leaves it in two folders. The one that is in use, or else the longer one, has
   * all that the other has.
   */
  #dropOldCopies(): void {
    if (this.#serving.length < 2) return;
    const found = this.#serving.flatMap((folder) => folder.logs.map((log) => ({ folder, log })));
    const inUse = found.filter(({ folder, log }) => folder.holds(log));
    const others = found.filter(({ folder, log }) => !folder.holds(log));
    const kept = new Set<string>();
    for (const { folder, log } of [...inUse, ...others.sort((a, b) => b.log.endOffset - a.log.endOffset)]) {
      const key = `${partitionFolderName(log.topic, log.partition)} ${log.topicId}`;
      if (kept.has(key)) this.#deleteFrom(folder, log);
      kept.add(key);
    }
  }

  #deleteFrom(folder: FolderLogs, log: PartitionLog): void {
    const { topic, partition } = log;
    this.#moves.cancel(log);
    try {
      folder.delete(log);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const { logger } = this.#options;
      logger.warn({ topic, partition, err: error }, "the files of a deleted log stay until the next start");
    }
  }

  #setAside(folder: FolderLogs, log: PartitionLog): void {
    const { logger } = this.#options;
    const { topic, partition, topicId } = log;
    try {
      const path = folder.setAside(log);
      logger.warn(
        { topic, partition, topicId, path },
        "a log belongs to no partition of this broker and was set aside",
      );
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      logger.warn({ topic, partition, topicId, err: error }, "a log that belongs to no partition cannot be set aside");
    }
  }
}
