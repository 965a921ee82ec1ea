import type { BrokerConfig } from "../../config/broker-config.js";
import type { CleanerSettings } from "../../storage/compaction/cleaner.js";
import type { LiveConfig } from "../live-config.js";

/** What the compaction of logs is told, as it is configured when it asks. Null: it is switched off. */
export function cleanerSettingsOf(config: LiveConfig): CleanerSettings | null {
  const log = (): BrokerConfig["log"] => config.now.log;
  if (!log().logCleanerEnable) return null;
  return {
    get backoffMs() {
      return log().logCleanerBackoffMs;
    },
    get dedupeBufferBytes() {
      return log().logCleanerDedupeBufferSize;
    },
    get loadFactor() {
      return log().logCleanerIoBufferLoadFactor;
    },
    get ioBufferBytes() {
      return log().logCleanerIoBufferSize;
    },
    get ioBytesPerSecondMax() {
      return log().logCleanerIoMaxBytesPerSecond;
    },
  };
}
