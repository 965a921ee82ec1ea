/** Partition logs in this process, on the real disk, as a broker has them under its defaults. */
import { nodeEnvironment } from "../../src/environments/node/node-environment.js";
import type { Instant } from "../../src/lib/environment.js";
import { RecordBatch } from "../../src/protocol/records/batch.js";
import { buildBatch } from "../../src/protocol/records/build-batch.js";
import { crc32c } from "../../src/protocol/records/crc32c.js";
import { asBuffer } from "../../src/protocol/records/int64.js";
import { NO_LEADER_EPOCH } from "../../src/protocol/records/layout.js";
import { LogDirectory } from "../../src/storage/folders/log-directory.js";
import { LogStore } from "../../src/storage/folders/log-store.js";
import type { LogConfig } from "../../src/storage/log-config.js";
import type { PartitionLog } from "../../src/storage/partition-log.js";
import { cleanerSettings, logConfig, silentLogger, unthrottled } from "../../src/storage/storage.test-data.js";

export const TOPIC = "bench";
export const TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAQ";
export const CONFIG: LogConfig = { ...logConfig, retentionMs: -1, fileDeleteDelayMs: 0 };
const LEADER_EPOCH = 0;
const NEVER_MS = 2 ** 31;

/** Opens the logs in `folder`. Nothing runs beside: no retention, no checkpoint. */
export async function openLogs(
  folder: string,
  warmBytes: number,
): Promise<{ store: LogStore; close(): Promise<void> }> {
  const environment = nodeEnvironment();
  const directory = LogDirectory.open(environment.files, folder);
  if ("problem" in directory) throw new Error(directory.problem);
  const store = await LogStore.open({
    environment,
    logger: silentLogger,
    directories: [directory],
    retryMs: 10_000,
    config: CONFIG,
    checkpointIntervalMs: NEVER_MS,
    fileDeleteDelayMs: 0,
    intervals: { initialDelayMs: NEVER_MS, retentionCheckMs: NEVER_MS, flushCheckMs: NEVER_MS },
    openFilesMax: 1_000,
    warmBytes,
    cleaner: cleanerSettings,
    moveThrottle: unthrottled,
  });
  const close = async () => {
    await store.close({ clean: true });
    directory.release();
  };
  return { store, close };
}

/** A batch of records of a kilobyte that together have so many bytes. */
export function batchOfBytes(bytes: number): Uint8Array {
  const HEADER_AND_FRAMING_BYTES = 128;
  const RECORD_BYTES = 1_024;
  const RECORD_FRAMING_BYTES = 10;
  const count = Math.max(1, Math.floor((bytes - HEADER_AND_FRAMING_BYTES) / RECORD_BYTES));
  const value = Buffer.alloc(Math.min(RECORD_BYTES, bytes - HEADER_AND_FRAMING_BYTES) - RECORD_FRAMING_BYTES, "v");
  const record = { timestampMs: Date.now(), key: null, value };
  return buildBatch({ records: Array.from({ length: count }, () => record) });
}

/** The same batch may be appended again: it gets back the offset under which a client sends. */
export function appendTo(log: PartitionLog, batch: Uint8Array): void {
  new RecordBatch(asBuffer(batch), 0).place(0, NO_LEADER_EPOCH);
  const now: Instant = { monotonicMs: performance.now(), wallMs: Date.now() };
  const result = log.appendAsLeader(batch, { leaderEpoch: LEADER_EPOCH, origin: "client", now });
  if ("errorCode" in result) throw new Error(`an append failed with error ${result.errorCode}`);
}

/** Lets the checksum choose its fast form, as it does in a broker after a few megabytes. */
export function warmChecksum(): void {
  const bytes = Buffer.alloc(1024 * 1024);
  for (let megabytes = 0; megabytes < 16; megabytes++) crc32c(bytes);
}
