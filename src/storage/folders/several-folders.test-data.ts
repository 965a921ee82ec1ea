/** Data folders on disks of their own, each of which may fail, and a store over them. */
import { type Clock, type Environment, type File, FileError, type Files } from "../../lib/environment.js";
import { createLogger } from "../../observability/logger.js";
import {
  cleanerSettings,
  inline,
  logConfig,
  memoryFiles,
  unthrottled,
  wrappedFile,
  wrappedFiles,
} from "../storage.test-data.js";
import type { FailedDirectory } from "./data-folder.js";
import { LogDirectory } from "./log-directory.js";
import type { MoveThrottle } from "./log-move.js";
import { LogStore } from "./log-store.js";

export const RETRY_MS = 10_000;

/** Disks in memory: what lies in a folder that is in `failing` fails with that code. */
export class FailingDisks {
  /** Codes by folder. */
  readonly failing = new Map<string, string>();
  /** In these only syncs fail. */
  readonly failingSyncs = new Map<string, string>();
  readonly disk = memoryFiles();
  readonly files: Files;

  constructor() {
    const { disk } = this;
    const guarded =
      <A extends [string, ...unknown[]], T>(call: (...given: A) => T) =>
      (...given: A): T => {
        this.#check(this.failing, given[0]);
        return call(...given);
      };
    this.files = wrappedFiles(disk, {
      open: guarded((path, how: "read" | "write" | "create") => this.#file(path, disk.open(path, how))),
      list: guarded((path) => disk.list(path)),
      stat: guarded((path) => disk.stat(path)),
      createFolder: guarded((path) => disk.createFolder(path)),
      rename: guarded((path, to: string) => disk.rename(path, to)),
      remove: guarded((path) => disk.remove(path)),
      removeInPool: async (path) => this.files.remove(path),
      syncFolder: guarded((path) => disk.syncFolder(path)),
      syncFolderInPool: async (path) => this.files.syncFolder(path),
    });
  }

  #file(path: string, file: File): File {
    const check = () => this.#check(this.failing, path);
    const checkSync = () => {
      check();
      this.#check(this.failingSyncs, path);
    };
    return wrappedFile(file, {
      write: (parts, at) => {
        check();
        file.write(parts, at);
      },
      read: (into, at) => {
        check();
        return file.read(into, at);
      },
      sync: async () => checkSync(),
      syncNow: checkSync,
    });
  }

  #check(failing: ReadonlyMap<string, string>, path: string): void {
    for (const [folder, code] of failing) {
      if (path.startsWith(folder)) throw new FileError(code, path, `${code} at ${path}`);
    }
  }
}

/** A store over folders, with what it wrote into the log of the broker. */
export async function openFolders<C extends Clock>(
  files: Files,
  paths: readonly string[],
  {
    clock,
    offload = inline,
    moveThrottle = unthrottled,
  }: { readonly clock: C; readonly offload?: Environment["offload"]; readonly moveThrottle?: MoveThrottle },
) {
  const lines: string[] = [];
  const store = await LogStore.open({
    environment: { clock, files, random: countingRandom(), offload },
    logger: createLogger({ write: (line) => lines.push(line), nowMs: () => 0, level: "info" }),
    directories: paths.map((path) => openOrFail(files, path)),
    retryMs: RETRY_MS,
    config: logConfig,
    checkpointIntervalMs: 60_000,
    fileDeleteDelayMs: 60_000,
    intervals: { initialDelayMs: 30_000, retentionCheckMs: 300_000, flushCheckMs: 1_000 },
    openFilesMax: 1_000,
    warmBytes: 2 ** 28,
    cleaner: cleanerSettings,
    moveThrottle,
  });
  return { store, clock, lines };
}

/** Lets everything end that does not wait for a timer. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 500; turn++) await Promise.resolve();
}

function openOrFail(files: Files, path: string): LogDirectory | FailedDirectory {
  try {
    const directory = LogDirectory.open(files, path);
    if ("problem" in directory) throw new Error(directory.problem);
    if (directory.owner === null) {
      directory.claim({ clusterId: "c", nodeId: 1, directoryId: `directory-of-${path.slice(1)}` });
    }
    return directory;
  } catch (failure) {
    if (failure instanceof FileError) return { path, failure };
    throw failure;
  }
}

function countingRandom() {
  let count = 0;
  return {
    bytes: (bytes: number) => new Uint8Array(bytes).fill(++count),
    below: () => 0,
    uuid: () => `a-new-directory-${++count}`,
  };
}
