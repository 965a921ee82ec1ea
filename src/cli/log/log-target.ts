/** What the path on a command line of `samsa log` stands for: a file of a log, the log of a partition, or a data folder. */
import { basename, dirname, join, resolve } from "node:path";
import type { Files } from "../../lib/environment.js";
import { offsetInFileName, partitionOfFolder } from "../../storage/files/file-names.js";
import type { IndexKind } from "../../storage/inspection/index-file.js";
import { LEADER_EPOCHS_FILE } from "../../storage/inspection/verify-log.js";

export type LogTarget =
  | { readonly kind: "file"; readonly path: string }
  | {
      readonly kind: "folders";
      /** Each holds the log of one partition. */
      readonly logs: readonly string[];
      /** Of the brokers whose logs they are. */
      readonly dataFolders: readonly string[];
    }
  | { readonly kind: "problem"; readonly problem: string };

export interface LogFile {
  readonly path: string;
  readonly kind: "batches" | IndexKind | "producers" | "leader epochs";
  /** In the name of the file; 0 where it has none. */
  readonly baseOffset: number;
}

const META_PROPERTIES = "meta.properties";
/** Several brokers in one process keep their metadata here, beside their folders; none of them closes it by itself. */
const METADATA_OF_SEVERAL = "metadata";

/** Throws `FileError` where the system does not let it look. */
export function findTarget(files: Files, path: string): LogTarget {
  const stat = files.stat(path);
  if (stat === null) return { kind: "problem", problem: `${path} does not exist.` };
  if (!stat.isFolder) return { kind: "file", path };
  const names = files.list(path);
  if (names.length === 0) return { kind: "problem", problem: `The folder ${path} is empty.` };
  if (names.some(isSegment)) {
    const around = dirname(resolve(path));
    return { kind: "folders", logs: [path], dataFolders: isDataFolder(files, around) ? [around] : [] };
  }
  const ofSeveral = foldersOfSeveral(files, path);
  const folders = ofSeveral.length > 0 ? ofSeveral : [path];
  const logs = folders.flatMap((folder) => logsIn(files, folder));
  const dataFolders = folders.filter((folder) => basename(folder) !== METADATA_OF_SEVERAL);
  if (logs.length > 0) return { kind: "folders", logs, dataFolders };
  const problem = `${path} is no log folder: it holds neither segments (00000000000000000000.log) nor folders of partitions.`;
  return { kind: "problem", problem };
}

/** The segments of the log in a folder, in order. */
export function segmentsIn(files: Files, folder: string): readonly LogFile[] {
  return files
    .list(folder)
    .filter(isSegment)
    .map((name) => ({ path: join(folder, name), kind: "batches", baseOffset: 0 }));
}

/** By its name; null if no such file belongs to a log. */
export function logFile(path: string): LogFile | null {
  const name = basename(path);
  if (name === LEADER_EPOCHS_FILE) return { path, kind: "leader epochs", baseOffset: 0 };
  // A snapshot of the metadata is a file of batches too: `00000000000000000067-0000000001.checkpoint`.
  if (/^\d{20}-\d{10}\.checkpoint$/.test(name)) return { path, kind: "batches", baseOffset: 0 };
  for (const [kind, suffix] of suffixes) {
    const baseOffset = offsetInFileName(name, suffix);
    if (baseOffset !== null) return { path, kind, baseOffset };
  }
  return null;
}

function isSegment(name: string): boolean {
  return offsetInFileName(name, ".log") !== null;
}

const suffixes = [
  ["batches", ".log"],
  [".index", ".index"],
  [".timeindex", ".timeindex"],
  [".txnindex", ".txnindex"],
  ["producers", ".snapshot"],
] as const;

/** The topic whose log a file lies in, as the name of its folder says; null if that is no partition's. */
export function topicOf(path: string): string | null {
  return partitionOfFolder(basename(dirname(resolve(path))))?.topic ?? null;
}

/** Several brokers in one process have folders within theirs; `broker-1` looks like a partition, and is none. */
function foldersOfSeveral(files: Files, path: string): readonly string[] {
  return foldersIn(files, path).filter((folder) => isDataFolder(files, folder));
}

function logsIn(files: Files, dataFolder: string): readonly string[] {
  return foldersIn(files, dataFolder).filter((folder) => partitionOfFolder(basename(folder)) !== null);
}

function foldersIn(files: Files, path: string): readonly string[] {
  return files
    .list(path)
    .map((name) => join(path, name))
    .filter((entry) => files.stat(entry)?.isFolder);
}

function isDataFolder(files: Files, path: string): boolean {
  return files.stat(join(path, META_PROPERTIES)) !== null;
}
