/**
 * A data folder: locked by one broker at a time, and marked with the cluster and the node that it belongs to
 * (`meta.properties`, version 1).
 */
import { FileError, type Files } from "../../lib/environment.js";
import { readSmallFile, replaceFile } from "../files/durable-file.js";

export interface DirectoryOwner {
  readonly clusterId: string;
  readonly nodeId: number;
  /** Identifies this folder among those of its node (KIP-858). */
  readonly directoryId: string;
}

/** What a person has to put right before the broker can start. */
export interface DirectoryProblem {
  readonly problem: string;
}

const LOCK = ".lock";
const META_PROPERTIES = "meta.properties";
/** The version of the folder's format that Apache Kafka has written since it does without ZooKeeper. */
const FORMAT_VERSION = "1";
const PROBE = ".samsa-probe";
/** In it stands the epoch of the broker that closed all logs (KIP-966). */
const CLEAN_SHUTDOWN = ".kafka_cleanshutdown";
const UNKNOWN_EPOCH = -1;

export class LogDirectory {
  readonly path: string;
  readonly #files: Files;
  #lock: { release(): void } | null;
  #owner: DirectoryOwner | null;
  /** Marked by this run. */
  #isNew = false;

  private constructor(files: Files, path: string, lock: { release(): void }, owner: DirectoryOwner | null) {
    this.#files = files;
    this.path = path;
    this.#lock = lock;
    this.#owner = owner;
  }

  /** Makes the folder if there is none, and takes its lock. Throws `FileError` when the disk does not let it. */
  static open(files: Files, path: string): LogDirectory | DirectoryProblem {
    files.createFolder(path);
    const lock = files.lock(`${path}/${LOCK}`);
    if ("heldBy" in lock) {
      return { problem: `The data folder ${path} is in use by ${lock.heldBy}. Stop it, or choose another folder.` };
    }
    try {
      const owner = readOwner(files, path);
      if (owner === null) syncFoldersAbove(files, path);
      if (owner === null || !("problem" in owner)) return new LogDirectory(files, path, lock, owner);
      lock.release();
      return owner;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Null: the folder is new. */
  get owner(): DirectoryOwner | null {
    return this.#owner;
  }

  /** Marks a new folder, with the `directoryId` made for it; says why if the folder is somebody else's. */
  claim(wanted: DirectoryOwner): DirectoryProblem | null {
    const owner = this.#owner;
    if (owner === null) {
      writeOwner(this.#files, this.path, wanted);
      this.#owner = wanted;
      this.#isNew = true;
      return null;
    }
    const { clusterId, nodeId } = owner;
    if (clusterId === wanted.clusterId && nodeId === wanted.nodeId) return null;
    const problem =
      clusterId === wanted.clusterId
        ? `The data folder ${this.path} belongs to node ${nodeId}, but this is node ${wanted.nodeId}.`
        : `The data folder ${this.path} belongs to the cluster ${clusterId}, not to ${wanted.clusterId}.`;
    return { problem: `${problem} Choose another folder, or put the setting right.` };
  }

  /** Takes the mark off again that this run has made: the broker never became part of a cluster. */
  disclaim(): void {
    if (!this.#isNew) return;
    this.#files.remove(`${this.path}/${META_PROPERTIES}`);
    this.#files.syncFolder(this.path);
    this.#owner = null;
    this.#isNew = false;
  }

  /** Whether the last broker closed all its logs. */
  get wasClosedCleanly(): boolean {
    return this.#files.stat(`${this.path}/${CLEAN_SHUTDOWN}`) !== null;
  }

  /** The epoch of the broker that closed all logs; -1 after a crash, and where it is not known. */
  get brokerEpochAtEnd(): number {
    const text = readSmallFile(this.#files, this.path, CLEAN_SHUTDOWN)?.toString("utf8") ?? "";
    return Number(/"brokerEpoch"\s{0,9}:\s{0,9}(\d{1,15})/.exec(text)?.[1] ?? UNKNOWN_EPOCH);
  }

  /** From now on a crash leaves logs to check. */
  beginUse(): void {
    this.#files.remove(`${this.path}/${CLEAN_SHUTDOWN}`);
    this.#files.syncFolder(this.path);
  }

  /** Throws `FileError` if nothing can be made durable in the folder. */
  proveWritable(): void {
    replaceFile(this.#files, this.path, PROBE, "");
    this.#files.remove(`${this.path}/${PROBE}`);
  }

  /** All logs are closed and durable. */
  endUse(brokerEpoch = UNKNOWN_EPOCH): void {
    replaceFile(this.#files, this.path, CLEAN_SHUTDOWN, JSON.stringify({ version: 0, brokerEpoch }));
  }

  /** May be called again: by then the lock may be somebody else's. */
  release(): void {
    this.#lock?.release();
    this.#lock = null;
  }
}

/** The name of a new folder is kept by the folder above it, and any of those may be new as well. */
function syncFoldersAbove(files: Files, path: string): void {
  for (let folder = folderAbove(path); folder !== null; folder = folderAbove(folder)) {
    try {
      files.syncFolder(folder);
    } catch (error) {
      // What we may not read we have not made.
      if (!(error instanceof FileError && error.code === "EACCES")) throw error;
    }
  }
}

/** Null at the top; of a relative path, that is the folder in which the broker was started. */
function folderAbove(path: string): string | null {
  const parts = path.split("/").filter((part) => part !== "");
  if (parts.length === 0 || path === ".") return null;
  const above = parts.slice(0, -1).join("/");
  if (path.startsWith("/")) return `/${above}`;
  return above === "" ? "." : above;
}

function writeOwner(files: Files, path: string, { clusterId, nodeId, directoryId }: DirectoryOwner): void {
  const lines = [
    `cluster.id=${clusterId}`,
    `directory.id=${directoryId}`,
    `node.id=${nodeId}`,
    `version=${FORMAT_VERSION}`,
  ];
  replaceFile(files, path, META_PROPERTIES, `${lines.join("\n")}\n`);
}

function readOwner(files: Files, path: string): DirectoryOwner | DirectoryProblem | null {
  const text = readSmallFile(files, path, META_PROPERTIES)?.toString("utf8");
  if (text === undefined) return null;
  const properties = new Map<string, string>();
  for (const line of text.split("\n")) {
    const equals = line.indexOf("=");
    if (!line.startsWith("#") && equals > 0)
      properties.set(line.slice(0, equals).trim(), line.slice(equals + 1).trim());
  }
  const version = properties.get("version") ?? FORMAT_VERSION;
  if (version !== FORMAT_VERSION) {
    const problem = `The data folder ${path} has version ${version} of its format (${META_PROPERTIES}), and this release knows version ${FORMAT_VERSION} only.`;
    return { problem: `${problem} Start the release that wrote it, or choose another folder.` };
  }
  const clusterId = properties.get("cluster.id");
  const directoryId = properties.get("directory.id");
  const nodeId = properties.get("node.id") ?? "";
  if (clusterId && directoryId && /^\d{1,10}$/.test(nodeId)) return { clusterId, directoryId, nodeId: Number(nodeId) };
  const problem = `The file ${path}/${META_PROPERTIES} is damaged, so it is unknown whose data this is.`;
  return { problem: `${problem} Restore it, or choose another folder.` };
}
