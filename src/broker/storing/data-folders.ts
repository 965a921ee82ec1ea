import type { BrokerConfig } from "../../config/broker-config.js";
import { type Environment, FileError, type Files, type Random } from "../../lib/environment.js";
import { partitionFolderName, partitionOfFolder } from "../../storage/file-names.js";
import type { FailedDirectory } from "../../storage/folders/data-folder.js";
import { LogDirectory } from "../../storage/folders/log-directory.js";
import { METADATA_TOPIC } from "../../storage/metadata-log.js";
import { dataFailure, StartFailure } from "../start-failure.js";

/**
 * The folders of this broker's data, locked. A broker starts without one that fails, as long as another works; without
 * the one of the metadata log it does not.
 */
export class DataFolders {
  /** Where the metadata log lies: `metadata.log.dir`, or the first of `log.dirs`. */
  readonly metadata: LogDirectory;
  /** `log.dirs`, in their order. */
  #logs: readonly (LogDirectory | FailedDirectory)[];
  readonly #files: Files;

  private constructor(files: Files, metadata: LogDirectory, logs: readonly (LogDirectory | FailedDirectory)[]) {
    this.#files = files;
    this.metadata = metadata;
    this.#logs = logs;
  }

  /** Throws `StartFailure` with what to do. */
  static open(config: BrokerConfig, { files }: Pick<Environment, "files">): DataFolders {
    const paths = [...new Set(config.dataFolders.map((path) => files.absolute(path)))];
    const metadataPath = files.absolute(config.node.metadataLogDir ?? paths[0] ?? ".");
    const opened: (LogDirectory | FailedDirectory)[] = [];
    try {
      const metadata = openFolder(files, metadataPath);
      opened.push(metadata);
      const logs = paths.map((path) => {
        const directory = path === metadataPath ? metadata : openOrFail(files, path);
        opened.push(directory);
        return directory;
      });
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
    const owners = [this.metadata, ...this.#logs].flatMap((directory) => ownerOf(directory) ?? []);
    return owners[0]?.clusterId ?? null;
  }

  /** What the controller is told (KIP-858). */
  get directoryIds(): readonly string[] {
    return this.#logs.flatMap((directory) => ownerOf(directory)?.directoryId ?? []);
  }

  /** The epoch of this broker's last run, if that has closed every folder; else -1. Asked before the logs are opened. */
  get brokerEpochAtEnd(): number {
    const epochs = this.#logs.map((directory) => (directory instanceof LogDirectory ? directory.brokerEpochAtEnd : -1));
    return epochs.every((epoch) => epoch === epochs[0]) ? (epochs[0] ?? -1) : -1;
  }

  /** Those of them that lie at these paths. */
  directoryIdsAt(paths: ReadonlySet<string>): readonly string[] {
    return this.#logs.flatMap((directory) =>
      paths.has(directory.path) ? (ownerOf(directory)?.directoryId ?? []) : [],
    );
  }

  /**
   * Of this node alone: partitions without the metadata log that tells of them are those of a cluster that keeps its
   * metadata elsewhere, or the disk of the log is missing. A new log would take them for strays. Throws `StartFailure`.
   */
  refuseWithoutMetadataLog(): void {
    if (holdsMetadataLog(this.#files, this.metadata.path)) return;
    const holder = this.#logs.find(({ path }) => holdsPartitions(this.#files, path));
    if (holder === undefined) return;
    const where = holder.path === this.metadata.path ? "" : `${this.metadata.path} holds `;
    const missing = `The data folder ${holder.path} holds partitions, but ${where}no metadata log`;
    const why = "they belong to a cluster that keeps its metadata elsewhere, or a disk is not mounted";
    throw new StartFailure(`${missing}: ${why}. Put samsa.metadata.engine right, or choose another folder.`);
  }

  /** Of a node that keeps its metadata elsewhere. Throws `StartFailure`. */
  refuseMetadataLog(metadataLogDir: string | null): void {
    const paths = [...(metadataLogDir === null ? [] : [metadataLogDir]), ...this.#logs.map(({ path }) => path)];
    const holder = paths.find((path) => holdsMetadataLog(this.#files, path));
    if (holder === undefined) return;
    const what = `The data folder ${holder} holds the metadata log of a cluster with samsa.metadata.engine=local`;
    throw new StartFailure(`${what}, whose data cannot move to another engine. Choose another folder.`);
  }

  /** Marks those that are new; throws `StartFailure` where one belongs to somebody else. */
  claim(clusterId: string, nodeId: number, random: Random): void {
    this.#logs = this.#logs.map((directory) => {
      if (!(directory instanceof LogDirectory)) return directory;
      try {
        const directoryId = directory.owner?.directoryId ?? random.uuid();
        const problem = directory.claim({ clusterId, nodeId, directoryId });
        if (problem !== null) throw new StartFailure(problem.problem);
        return directory;
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        directory.release();
        return { path: directory.path, failure: error };
      }
    });
  }

  release(): void {
    releaseAll([this.metadata, ...this.#logs]);
  }
}

function holdsMetadataLog(files: Files, path: string): boolean {
  return files.stat(`${path}/${partitionFolderName(METADATA_TOPIC, 0)}`) !== null;
}

function holdsPartitions(files: Files, path: string): boolean {
  return files.list(path).some((name) => partitionOfFolder(name) !== null);
}

function ownerOf(directory: LogDirectory | FailedDirectory): LogDirectory["owner"] {
  return directory instanceof LogDirectory ? directory.owner : null;
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
