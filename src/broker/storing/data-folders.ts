import type { BrokerConfig } from "../../config/broker-config.js";
import { type Environment, FileError, type Files, type Random } from "../../lib/environment.js";
import { partitionOfFolder } from "../../storage/files/file-names.js";
import type { FailedDirectory } from "../../storage/folders/data-folder.js";
import { LogDirectory } from "../../storage/folders/log-directory.js";
import { metadataLogFolder, soundEndOf } from "../../storage/metadata-log.js";
import { dataFailure, StartFailure } from "../start-failure.js";

/**
 * The folders of this broker's data, locked. A broker starts without one that fails, as long as another works; without
 * the one of its metadata log, if it keeps one, it does not.
 */
export class DataFolders {
  /** Where the metadata log lies: `metadata.log.dir`, or the first of `log.dirs`. Null: others keep the metadata. */
  readonly metadata: LogDirectory | null;
  /** `log.dirs`, in their order. */
  #logs: readonly (LogDirectory | FailedDirectory)[];
  readonly #files: Files;

  private constructor(files: Files, metadata: LogDirectory | null, logs: readonly (LogDirectory | FailedDirectory)[]) {
    this.#files = files;
    this.metadata = metadata;
    this.#logs = logs;
  }

  /** `keepsMetadata`: this node has the metadata log. Throws `StartFailure` with what to do. */
  static open(
    config: BrokerConfig,
    { files }: Pick<Environment, "files">,
    { keepsMetadata }: { readonly keepsMetadata: boolean },
  ): DataFolders {
    const paths = [...new Set(config.dataFolders.map((path) => files.absolute(path)))];
    const opened: (LogDirectory | FailedDirectory)[] = [];
    try {
      const metadataPath = files.absolute(config.node.metadataLogDir ?? paths[0] ?? ".");
      const metadata = keepsMetadata ? openFolder(files, metadataPath) : null;
      if (metadata !== null) opened.push(metadata);
      const logs = paths.map((path) => {
        const directory = path === metadata?.path ? metadata : openOrFail(files, path);
        opened.push(directory);
        return directory;
      });
      refuseAllFailed(logs);
      return new DataFolders(files, metadata, logs);
    } catch (error) {
      releaseAll(opened);
      throw error;
    }
  }

  get logs(): readonly (LogDirectory | FailedDirectory)[] {
    return this.#logs;
  }

  /** The cluster of the data, if any of the folders was used before. */
  get clusterId(): string | null {
    const owners = [this.metadata, ...this.#logs].flatMap((directory) =>
      directory instanceof LogDirectory ? (directory.owner ?? []) : [],
    );
    return owners[0]?.clusterId ?? null;
  }

  /** The epoch of this broker's last run, if that has closed every folder; else -1. Asked before the logs are opened. */
  readBrokerEpochAtEnd(): number {
    const epochs = this.#ask((directory) => directory.brokerEpochAtEnd);
    const [first = -1] = epochs;
    return epochs.length === this.#logs.length && epochs.every((epoch) => epoch === first) ? first : -1;
  }

  /**
   * Of this node alone: partitions without the metadata log that tells of them are those of a cluster that keeps its
   * metadata elsewhere, or the disk of the log is missing. In a log without a sound record all was lost. A new log would
   * take them for strays. Throws `StartFailure`.
   */
  refuseWithoutMetadataLog(): void {
    if (this.metadata === null || holdsMetadata(this.#files, this.metadata.path)) return;
    const log = metadataLogFolder(this.metadata.path);
    const holders = this.#ask(({ path }) => (holdsPartitions(this.#files, path, log) ? path : []));
    const [holder] = holders.flat();
    if (holder === undefined) return;
    if (holdsMetadataLog(this.#files, this.metadata.path)) throw emptyMetadataLog(holder, log);
    const where = holder === this.metadata.path ? "" : `${this.metadata.path} holds `;
    const missing = `The data folder ${holder} holds partitions, but ${where}no metadata log`;
    const why = "they belong to a cluster that keeps its metadata elsewhere, or a disk is not mounted";
    throw new StartFailure(`${missing}: ${why}. Put samsa.metadata.engine right, or choose another folder.`);
  }

  /** Of a node that keeps its metadata elsewhere. Throws `StartFailure`. */
  refuseMetadataLog(metadataLogDir: string | null): void {
    const apart = metadataLogDir !== null && holdsMetadataLog(this.#files, metadataLogDir) ? [metadataLogDir] : [];
    const holders = this.#ask(({ path }) => (holdsMetadataLog(this.#files, path) ? path : []));
    const [holder] = [...apart, ...holders.flat()];
    if (holder === undefined) return;
    const what = `The data folder ${holder} holds the metadata log of a cluster with samsa.metadata.engine=local`;
    throw new StartFailure(`${what}, whose data cannot move to another engine. Choose another folder.`);
  }

  /** Marks those that are new; throws `StartFailure` where one belongs to somebody else. */
  claim(clusterId: string, nodeId: number, random: Random): void {
    this.#ask((directory) => {
      const directoryId = directory.owner?.directoryId ?? random.uuid();
      const problem = directory.claim({ clusterId, nodeId, directoryId });
      if (problem !== null) throw new StartFailure(problem.problem);
    });
  }

  /**
   * The cluster has not taken this broker: a folder that was new is new again. Otherwise it would be refused to the node with
   * the id put right. A node alone is its cluster.
   */
  disclaim(): void {
    if (this.metadata === null) this.#ask((directory) => directory.disclaim());
  }

  /** A failure of one of these folders, in words for the person who starts the broker. */
  inWords(error: unknown): unknown {
    const paths = [...(this.metadata === null ? [] : [this.metadata]), ...this.#logs].map(({ path }) => path);
    const where = error instanceof FileError ? error.path : "";
    const at = paths.find((path) => where === path || where.startsWith(`${path}/`));
    return dataFailure(at ?? paths[0] ?? where, error);
  }

  release(): void {
    releaseAll(this.metadata === null ? this.#logs : [this.metadata, ...this.#logs]);
  }

  /**
   * What each folder that works says to a question. One that fails over it has failed from now on, unless it is that of
   * the metadata: then it throws.
   */
  #ask<T>(question: (directory: LogDirectory) => T): T[] {
    const answers: T[] = [];
    this.#logs = this.#logs.map((directory) => {
      if (!(directory instanceof LogDirectory)) return directory;
      try {
        answers.push(question(directory));
        return directory;
      } catch (error) {
        if (!(error instanceof FileError) || directory === this.metadata) throw error;
        directory.release();
        return { path: directory.path, failure: error };
      }
    });
    return answers;
  }
}

/** The same for several brokers in one process, of which each has folders of its own. A folder that fails tells nothing. */
export function refuseWithoutMetadata(files: Files, metadataFolder: string, folders: readonly string[]): void {
  const log = metadataLogFolder(metadataFolder);
  const holder = folders.find((path) => tellsOf(files, path, log));
  if (holder !== undefined && !holdsMetadata(files, metadataFolder)) throw emptyMetadataLog(holder, log);
}

function tellsOf(files: Files, path: string, log: string): boolean {
  try {
    return files.stat(path) !== null && holdsPartitions(files, path, log);
  } catch (error) {
    if (error instanceof FileError) return false;
    throw error;
  }
}

/** Throws `StartFailure` where nothing is left to work with. */
function refuseAllFailed(logs: readonly (LogDirectory | FailedDirectory)[]): void {
  const [first] = logs;
  if (first === undefined || first instanceof LogDirectory) return;
  if (logs.every((directory) => !(directory instanceof LogDirectory))) throw dataFailure(first.path, first.failure);
}

function emptyMetadataLog(holder: string, log: string): StartFailure {
  const what = `The data folder ${holder} holds partitions, but no record in the metadata log ${log} is sound`;
  return new StartFailure(`${what}. Restore it from a backup, or move the data folder away to begin a new cluster.`);
}

function holdsMetadataLog(files: Files, path: string): boolean {
  return files.stat(metadataLogFolder(path)) !== null;
}

function holdsMetadata(files: Files, path: string): boolean {
  return holdsMetadataLog(files, path) && soundEndOf(files, metadataLogFolder(path), 1) > 0;
}

/** Others than that of `metadataLog`. */
function holdsPartitions(files: Files, path: string, metadataLog: string): boolean {
  return files.list(path).some((name) => partitionOfFolder(name) !== null && `${path}/${name}` !== metadataLog);
}

function releaseAll(directories: readonly (LogDirectory | FailedDirectory)[]): void {
  for (const directory of directories) if (directory instanceof LogDirectory) directory.release();
}

/** Throws `StartFailure` when the folder cannot be used. */
export function openFolder(files: Files, path: string): LogDirectory {
  try {
    const directory = LogDirectory.open(files, path);
    if ("problem" in directory) throw new StartFailure(directory.problem);
    return directory;
  } catch (error) {
    throw dataFailure(path, error);
  }
}

function openOrFail(files: Files, path: string): LogDirectory | FailedDirectory {
  try {
    const directory = LogDirectory.open(files, path);
    if ("problem" in directory) throw new StartFailure(directory.problem);
    return directory;
  } catch (error) {
    if (error instanceof FileError) return { path, failure: error };
    throw error;
  }
}
