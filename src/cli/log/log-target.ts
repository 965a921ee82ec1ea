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
      /** The data folder they lie in, or null if it is none. */
      readonly dataFolder: string | null;
    }
  | { readonly kind: "problem"; readonly problem: string };

export interface LogFile {
  readonly path: string;
  readonly kind: "batches" | IndexKind | "producers" | "leader epochs";
  /** In the name of the file; 0 where it has none. */
  readonly baseOffset: number;
}

const META_PROPERTIES = "meta.properties";

/** Throws `FileError` where the system does not let it look. */
export function findTarget(files: Files, path: string): LogTarget {
  const stat = files.stat(path);
  if (stat === null) return { kind: "problem", problem: `${path} does not exist.` };
  if (!stat.isFolder) return { kind: "file", path };
  const names = files.list(path);
  if (names.length === 0) return { kind: "problem", problem: `The folder ${path} is empty.` };
  if (names.some(isSegment)) return { kind: "folders", logs: [path], dataFolder: dataFolderAround(files, path) };
  const logs = names.filter((name) => partitionOfFolder(name) !== null).map((name) => join(path, name));
  if (logs.length > 0) return { kind: "folders", logs, dataFolder: path };
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

function dataFolderAround(files: Files, log: string): string | null {
  const parent = dirname(resolve(log));
  return files.stat(join(parent, META_PROPERTIES)) === null ? null : parent;
}
