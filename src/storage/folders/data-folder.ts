/**
 * One of the broker's data folders. When its disk fails, all its logs are offline; it is tried again now and then, and
 * once it works its logs are recovered and come back.
 */
import { type Cancellable, FileError } from "../../lib/environment.js";
import type { Logger } from "../../observability/logger.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { PartitionLog } from "../partition-log.js";
import { type Closing, FolderLogs, type FolderLogsSettings, type LeftHow, type LoadWatcher } from "./folder-logs.js";
import { type DirectoryOwner, LogDirectory } from "./log-directory.js";
import { RecoveryProgress } from "./recovery-progress.js";
import type { SharedByLogs } from "./shared-by-logs.js";

/** A folder that could not be opened. */
export interface FailedDirectory {
  readonly path: string;
  readonly failure: FileError;
}

export interface DataFolderOptions {
  readonly settings: FolderLogsSettings;
  readonly shared: SharedByLogs;
  readonly logger: Logger;
  /** `samsa.log.dir.retry.ms` */
  readonly retryMs: number;
  /** To whom a folder must belong that could not be opened before; null as long as no folder could. */
  readonly owner: () => Omit<DirectoryOwner, "directoryId"> | null;
  /** The logs that were in it are offline now. */
  readonly onFailed: (logs: FolderLogs) => void;
  /** Its logs are loaded. */
  readonly onBack: () => void;
}

type State =
  | { readonly name: "serving"; readonly logs: FolderLogs }
  | {
      readonly name: "failed";
      readonly failure: FileError;
      /** Null: it was never opened. */
      readonly directory: LogDirectory | null;
      /** The topic ids of its logs by the names of their folders; null: nobody knows what it holds. */
      readonly held: Map<string, string | null> | null;
    };

export class DataFolder {
  readonly path: string;
  /** The partitions whose logs shall lie here, once something is written to them: by the names of their folders. */
  readonly promised = new Set<string>();
  readonly #options: DataFolderOptions;
  #state: State;
  #next: Cancellable | null = null;
  #abandoned: Promise<void> = Promise.resolve();
  #attempt: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(directory: LogDirectory | FailedDirectory, options: DataFolderOptions) {
    this.path = directory.path;
    this.#options = options;
    this.#state =
      directory instanceof LogDirectory
        ? { name: "serving", logs: this.#logsIn(directory) }
        : { name: "failed", failure: directory.failure, directory: null, held: null };
  }

  /** Its logs, or null while it is failed. */
  get logs(): FolderLogs | null {
    return this.#state.name === "serving" ? this.#state.logs : null;
  }

  /** How many logs it has, or shall have. */
  get partitionCount(): number {
    return (this.logs?.count ?? 0) + this.promised.size;
  }

  get failure(): FileError | null {
    return this.#state.name === "failed" ? this.#state.failure : null;
  }

  get directory(): LogDirectory | null {
    return this.#state.name === "serving" ? this.#state.logs.directory : this.#state.directory;
  }

  /** Loads what is in it. A folder whose disk fails meanwhile is a failed one. */
  async open(): Promise<void> {
    if (this.#state.name === "serving") {
      const { logs } = this.#state;
      try {
        await this.#load(logs, logs.directory.wasClosedCleanly ? "cleanly" : "uncleanly");
        return;
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        this.#abandoned = logs.abandon();
        this.#state = { name: "failed", failure: error, directory: logs.directory, held: null };
      }
    }
    const { logger, retryMs } = this.#options;
    logger.error(
      { folder: this.path, err: this.failure, retryMs },
      "a data folder cannot be used: what lies in it is offline until it can",
    );
    this.#retryLater();
  }

  /** Whether this partition's log may lie here, out of reach. */
  mayHide(name: string, topicId: string): boolean {
    if (this.#state.name === "serving") return false;
    const { held } = this.#state;
    if (held === null) return true;
    const hidden = held.get(name);
    return hidden !== undefined && (hidden === null || hidden === topicId);
  }

  /** The partition is gone: should its log come back, it is a stray one. */
  forget(name: string): void {
    this.promised.delete(name);
    if (this.#state.name === "failed") this.#state.held?.delete(name);
  }

  /** Takes all its logs offline, each that somebody writes to and each that nobody does. */
  fail(failure: FileError): void {
    if (this.#state.name === "failed" || this.#isClosed) return;
    const { logs } = this.#state;
    const all = logs.logs;
    const held = new Map(all.map((log) => [log.folder.slice(this.path.length + 1), log.topicId]));
    this.#state = { name: "failed", failure, directory: logs.directory, held };
    this.promised.clear();
    const { logger, onFailed, retryMs } = this.#options;
    logger.error(
      { folder: this.path, err: failure, partitions: all.length, retryMs },
      "a data folder has failed: its partitions are offline until it works again",
    );
    // It was noticed in the middle of an operation, which still needs its files.
    void Promise.resolve().then(() => {
      this.#abandoned = logs.abandon();
      onFailed(logs);
    });
    this.#retryLater();
  }

  async close(how: Closing): Promise<ErrorCode> {
    this.#isClosed = true;
    this.#next?.cancel();
    await this.#abandoned;
    await this.#attempt;
    const errorCode = (await this.logs?.close(how)) ?? errors.NONE.code;
    this.directory?.release();
    return errorCode;
  }

  #logsIn(directory: LogDirectory): FolderLogs {
    return new FolderLogs(directory, this.#options.settings, this.#options.shared);
  }

  async #load(logs: FolderLogs, left: LeftHow): Promise<void> {
    const { shared, logger } = this.#options;
    const { offload, clock } = shared.environment;
    const progress = new RecoveryProgress(this.path, left, clock, logger);
    const flushes: Promise<FileError | null>[] = [];
    const watcher: LoadWatcher = {
      loaded: (log, done, of) => {
        progress.loaded(done, of);
        // What a crash has left may not be durable yet. The disk syncs while the next log is checked.
        if (left !== "cleanly") flushes.push(flushed(log));
      },
      setAside: ({ topic, partition }, path) => {
        logger.warn(
          { topic, partition, path },
          "a log without the id of its topic was set aside: the power went too early",
        );
      },
    };
    await offload({ name: "load the logs", run: () => logs.load(left, watcher) }, null);
    for (const failure of await Promise.all(flushes)) if (failure !== null) throw failure;
    if (left === "failed" && !logs.checkpoint()) throw notWritable(this.path);
    if (!this.#isClosed) logs.start();
    progress.end(logs.count);
  }

  #retryLater(): void {
    const { shared, retryMs } = this.#options;
    const { clock } = shared.environment;
    if (this.#isClosed) return;
    this.#next = clock.at(clock.monotonicMs() + retryMs, () => {
      this.#attempt = this.#retry();
    });
  }

  async #retry(): Promise<void> {
    if (this.#state.name === "serving") return;
    const before = this.#state;
    let logs: FolderLogs | null = null;
    await this.#abandoned;
    try {
      const directory = this.#reopened(before.directory);
      this.#state = { ...before, directory };
      logs = this.#logsIn(directory);
      await this.#load(logs, "failed");
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      await logs?.abandon();
      this.#options.logger.debug({ folder: this.path, err: error }, "a failed data folder does not work yet");
      this.#state = { ...before, directory: this.directory, failure: error };
      this.#retryLater();
      return;
    }
    this.#state = { name: "serving", logs };
    this.#options.logger.info(
      { folder: this.path, partitions: logs.count },
      "a data folder that had failed works again: its partitions are back",
    );
    if (!this.#isClosed) this.#options.onBack();
  }

  /** The same folder on the same disk, its lock taken anew. Throws `FileError`. */
  #reopened(before: LogDirectory | null): LogDirectory {
    const { files } = this.#options.shared.environment;
    // Where a disk is not mounted there is an empty folder, or none.
    if (files.stat(this.path) === null) throw new FileError("ENOENT", this.path, `${this.path} does not exist`);
    before?.release();
    const directory = LogDirectory.open(files, this.path);
    if ("problem" in directory) throw new FileError("EBUSY", this.path, directory.problem);
    try {
      this.#checkSame(directory, before);
      directory.proveWritable();
      return directory;
    } catch (error) {
      directory.release();
      throw error;
    }
  }

  /** Throws `FileError` unless it is the folder that it was, or one that may become ours. */
  #checkSame(directory: LogDirectory, before: LogDirectory | null): void {
    const problem = before === null ? this.#claim(directory) : null;
    const wanted = before?.owner?.directoryId;
    if (problem === null && (wanted === undefined || directory.owner?.directoryId === wanted)) return;
    throw new FileError("ENODEV", this.path, problem ?? `Another disk than before is mounted at ${this.path}`);
  }

  #claim(directory: LogDirectory): string | null {
    const owner = this.#options.owner();
    if (owner === null) return null;
    const directoryId = directory.owner?.directoryId ?? this.#options.shared.environment.random.uuid();
    return directory.claim({ ...owner, directoryId })?.problem ?? null;
  }
}

async function flushed(log: PartitionLog): Promise<FileError | null> {
  return (await log.flush()) === errors.NONE.code ? null : (log.failure ?? notWritable(log.folder));
}

function notWritable(path: string): FileError {
  return new FileError("EIO", path, `${path} cannot be written`);
}
