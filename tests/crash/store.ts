/** The store of a crash case: in the simulated process that works on a disk, and in those that look at what a crash left. */
import type { Disk } from "../../src/environments/simulated/disk.js";
import { EventLoop, ProcessLoop } from "../../src/environments/simulated/event-loop.js";
import { RandomStream } from "../../src/environments/simulated/random-stream.js";
import { SimulatedFiles } from "../../src/environments/simulated/simulated-files.js";
import type { Clock, Environment, File, Files } from "../../src/lib/environment.js";
import { invariant } from "../../src/lib/invariant.js";
import { LogDirectory } from "../../src/storage/folders/log-directory.js";
import { LogStore, type LogStoreOptions } from "../../src/storage/folders/log-store.js";
import type { LogConfig } from "../../src/storage/log-config.js";
import {
  cleanerSettings,
  inline,
  logConfig,
  silentLogger,
  unthrottled,
  wrappedFile,
  wrappedFiles,
} from "../../src/storage/storage.test-data.js";

export const DATA_FOLDER = "/data";

/** No partition of a case is left with it: recovery takes the logs before their own configuration is known. */
export const storeConfig: LogConfig = {
  ...logConfig,
  segmentBytes: 1_500,
  indexIntervalBytes: 120,
  messageTimestampAfterMaxMs: Number.MAX_SAFE_INTEGER,
  producerIdExpirationMs: Number.MAX_SAFE_INTEGER,
  fileDeleteDelayMs: 20,
};

export type StoreTimes = Pick<LogStoreOptions, "checkpointIntervalMs" | "fileDeleteDelayMs" | "intervals"> & {
  readonly cleanerBackoffMs: number;
};

/** Long enough that nothing happens by itself. */
const NEVER_MS = 1e12;
const quiet: StoreTimes = {
  checkpointIntervalMs: NEVER_MS,
  fileDeleteDelayMs: NEVER_MS,
  intervals: { initialDelayMs: NEVER_MS, retentionCheckMs: NEVER_MS, flushCheckMs: NEVER_MS },
  cleanerBackoffMs: NEVER_MS,
};

export type StoreEnvironment = Pick<Environment, "clock" | "files" | "offload" | "random">;

export function openStore(environment: StoreEnvironment, times: StoreTimes): Promise<LogStore> {
  const directory = LogDirectory.open(environment.files, DATA_FOLDER);
  invariant(directory instanceof LogDirectory, "the folder is free");
  const { checkpointIntervalMs, fileDeleteDelayMs, intervals, cleanerBackoffMs } = times;
  return LogStore.open({
    ...{ environment, directories: [directory], checkpointIntervalMs, fileDeleteDelayMs, intervals },
    logger: silentLogger,
    retryMs: NEVER_MS,
    config: storeConfig,
    openFilesMax: 5,
    warmBytes: 2 ** 20,
    cleaner: { ...cleanerSettings, backoffMs: cleanerBackoffMs },
    moveThrottle: unthrottled,
  });
}

/** Opens what lies on a disk, in a process in which time stands still and nothing waits. */
export function openStill(disk: Disk): Promise<LogStore> {
  const files = filesOn(disk);
  const random = new RandomStream(1, "recovered");
  return openStore(
    {
      clock: stillClock,
      files,
      offload: inline,
      random: { bytes: (count) => random.bytes(count), below: (bound) => random.below(bound), uuid: () => "" },
    },
    quiet,
  );
}

/** The files on a disk, seen by a new process for which every call through the thread pool ends at once. */
export function filesOn(disk: Disk): Files {
  const files = new SimulatedFiles(disk, new ProcessLoop(new EventLoop()), new RandomStream(1, "still"));
  return wrappedFiles(files, {
    open: (path, how) => atOnce(files.open(path, how)),
    removeInPool: async (path) => files.remove(path),
    syncFolderInPool: async (path) => files.syncFolder(path),
    lock: () => ({ release: () => {} }),
  });
}

function atOnce(file: File): File {
  return wrappedFile(file, {
    readCold: async (into, at) => file.read(into, at),
    sync: async () => file.syncNow(),
  });
}

const stillClock: Clock = { monotonicMs: () => 0, wallMs: () => 1_767_225_600_000, at: () => ({ cancel: () => {} }) };
