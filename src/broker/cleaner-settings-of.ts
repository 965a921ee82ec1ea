import type { BrokerConfig } from "../config/broker-config.js";
import type { CleanerSettings } from "../storage/cleaner.js";

/** What the compaction of logs is told. Null: it is switched off. */
export function cleanerSettingsOf({ log }: BrokerConfig): CleanerSettings | null {
  if (!log.logCleanerEnable) return null;
  return {
    backoffMs: log.logCleanerBackoffMs,
    dedupeBufferBytes: log.logCleanerDedupeBufferSize,
    loadFactor: log.logCleanerIoBufferLoadFactor,
    ioBufferBytes: log.logCleanerIoBufferSize,
    ioBytesPerSecondMax: log.logCleanerIoMaxBytesPerSecond,
  };
}
