/** A disk in memory, a clock that stands still, and logs on them. */
import { MemoryFiles } from "../environments/memory/memory-files.js";
import type { Clock, Environment, File, Files, Job } from "../lib/environment.js";
import { createLogger } from "../observability/logger.js";
import { type BatchToBuild, buildBatch } from "../protocol/records/build-batch.js";
import type { CleanerSettings } from "./compaction/cleaner.js";
import { LogDirectory } from "./folders/log-directory.js";
import type { MoveThrottle } from "./folders/log-move.js";
import { LogStore } from "./folders/log-store.js";
import type { LogConfig } from "./log-config.js";
import type { PartitionLog } from "./partition-log.js";
import type { RecordsRead } from "./reads/read-log.js";

export const NOW_MS = 1_700_000_000_000;
export const now = { monotonicMs: 0, wallMs: NOW_MS };
export const topicId = "AAAAAAAAAAAAAAAAAAAAAQ";

export const logConfig: LogConfig = {
  segmentBytes: 1024 * 1024 * 1024,
  segmentMs: 7 * 24 * 3_600_000,
  segmentJitterMs: 0,
  segmentIndexBytes: 10 * 1024 * 1024,
  indexIntervalBytes: 4096,
  maxMessageBytes: 1024 * 1024,
  messageTimestampType: "CreateTime",
  messageTimestampBeforeMaxMs: Number.MAX_SAFE_INTEGER,
  messageTimestampAfterMaxMs: 3_600_000,
  compressionType: "producer",
  cleanupPolicy: { compact: false, delete: true },
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: Number.MAX_SAFE_INTEGER,
  deleteRetentionMs: 24 * 3_600_000,
  retentionMs: 7 * 24 * 3_600_000,
  retentionBytes: -1,
  fileDeleteDelayMs: 60_000,
  flushMessages: Number.MAX_SAFE_INTEGER,
  flushMs: Number.MAX_SAFE_INTEGER,
  minInsyncReplicas: 1,
  producerIdExpirationMs: 86_400_000,
};

export const silentLogger = createLogger({ write: () => {}, nowMs: () => 0, level: "silent" });

export const cleanerSettings: CleanerSettings = {
  backoffMs: 15_000,
  dedupeBufferBytes: 128 * 1024 * 1024,
  loadFactor: 0.9,
  ioBufferBytes: 512 * 1024,
  ioBytesPerSecondMax: Number.MAX_VALUE,
};

/** Logs move between folders as fast as they can. */
export const unthrottled: MoveThrottle = { pauseMs: () => 0, record: () => {} };

export function memoryFiles(bytesMax = 256 * 1024 * 1024): MemoryFiles {
  return new MemoryFiles(() => NOW_MS, bytesMax);
}

/** Timers run when the test says so. */
export class StillClock implements Clock {
  #timers: { readonly at: number; readonly run: () => void }[] = [];
  #now = 0;

  monotonicMs(): number {
    return this.#now;
  }

  wallMs(): number {
    return NOW_MS + this.#now;
  }

  at(monotonicMs: number, run: () => void): { cancel(): void } {
    const timer = { at: monotonicMs, run };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((one) => one !== timer);
      },
    };
  }

  advance(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter((timer) => timer.at <= this.#now);
    this.#timers = this.#timers.filter((timer) => timer.at > this.#now);
    for (const timer of due) timer.run();
  }
}

export async function openStore(
  files: Files,
  { config = logConfig, clock = new StillClock(), path = "/data", openFilesMax = 1_000, warmBytes = 2 ** 28 } = {},
): Promise<LogStore> {
  const directory = LogDirectory.open(files, path);
  if ("problem" in directory) throw new Error(directory.problem);
  return LogStore.open({
    environment: { clock, files, random: countingRandom(), offload: inline },
    logger: silentLogger,
    directories: [directory],
    retryMs: 10_000,
    config,
    checkpointIntervalMs: 60_000,
    fileDeleteDelayMs: 60_000,
    intervals: { initialDelayMs: 30_000, retentionCheckMs: 300_000, flushCheckMs: 1_000 },
    openFilesMax,
    warmBytes,
    cleaner: cleanerSettings,
    moveThrottle: unthrottled,
  });
}

/** A store on the disk of a simulated host. What it deletes is gone at once, and nothing is compacted. */
export async function openSimulatedStore(
  environment: Environment,
  { config = logConfig, checkpointIntervalMs = 60_000, initialDelayMs = 30_000, warmBytes = 0 } = {},
): Promise<LogStore> {
  const directory = LogDirectory.open(environment.files, "/data");
  if ("problem" in directory) throw new Error(directory.problem);
  return LogStore.open({
    ...{ environment, logger: silentLogger, directories: [directory], retryMs: 10_000, config },
    ...{
      checkpointIntervalMs,
      fileDeleteDelayMs: 0,
      openFilesMax: 10,
      warmBytes,
      cleaner: null,
      moveThrottle: unthrottled,
    },
    intervals: { initialDelayMs, retentionCheckMs: 300_000, flushCheckMs: 1_000 },
  });
}

/** As after a crash: nothing is closed, the lock is free. */
export async function reopen(files: Files, options: Parameters<typeof openStore>[1] = {}): Promise<LogStore> {
  return openStore(wrappedFiles(files, { lock: () => ({ release: () => {} }) }), options);
}

/** The same disk with some calls replaced. */
export function wrappedFiles(files: Files, replaced: Partial<Files>): Files {
  return {
    open: (path, how) => files.open(path, how),
    list: (path) => files.list(path),
    stat: (path) => files.stat(path),
    absolute: (path) => files.absolute(path),
    createFolder: (path) => files.createFolder(path),
    rename: (from, to) => files.rename(from, to),
    remove: (path) => files.remove(path),
    removeInPool: (path) => files.removeInPool(path),
    syncFolder: (path) => files.syncFolder(path),
    syncFolderInPool: (path) => files.syncFolderInPool(path),
    space: (path) => files.space(path),
    lock: (path) => files.lock(path),
    ...replaced,
  };
}

/** The same file with some calls replaced. */
export function wrappedFile(file: File, replaced: Partial<File>): File {
  return {
    get bytes() {
      return file.bytes;
    },
    read: (into, at) => file.read(into, at),
    write: (parts, at) => file.write(parts, at),
    readCold: (into, at) => file.readCold(into, at),
    sync: () => file.sync(),
    syncNow: () => file.syncNow(),
    truncate: (bytes) => file.truncate(bytes),
    close: () => file.close(),
    ...replaced,
  };
}

export async function newLog(config: Partial<LogConfig> = {}): Promise<{ log: PartitionLog; files: MemoryFiles }> {
  const files = memoryFiles();
  const store = await openStore(files);
  return { log: store.openOrCreate("orders", 0, topicId, { ...logConfig, ...config }), files };
}

/** A batch of `count` records of `valueBytes` each. */
export function batchOf(count: number, valueBytes = 10, batch: Partial<BatchToBuild> = {}, timestampMs = NOW_MS) {
  const record = { timestampMs, key: Buffer.from("k"), value: Buffer.alloc(valueBytes, "v") };
  return buildBatch({ records: Array.from({ length: count }, () => record), ...batch });
}

export function append(log: PartitionLog, records: Uint8Array, leaderEpoch = 0, at = now) {
  return log.appendAsLeader(records, { leaderEpoch, origin: "client", now: at });
}

export function readFrom(log: PartitionLog, from: number, maxBytes = 1024 * 1024): RecordsRead {
  const read = log.read(from, maxBytes, log.endOffset, true);
  if ("errorCode" in read) throw new Error(`error ${read.errorCode}`);
  return read;
}

export async function inline<I, O>(job: Job<I, O>, input: I): Promise<O> {
  const work = job.run(input);
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

function countingRandom() {
  let count = 0;
  return {
    bytes: (bytes: number) => new Uint8Array(bytes).fill(++count),
    below: () => 0,
    uuid: () => topicId,
  };
}
