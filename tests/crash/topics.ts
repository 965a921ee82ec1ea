/** The topics of a case: each has another rule for what it keeps. */
import type { RandomStream } from "../../src/environments/simulated/random-stream.js";
import type { LogConfig } from "../../src/storage/log-config.js";
import { storeConfig } from "./store.js";

export function topicConfigs(random: RandomStream): readonly (readonly [topic: string, config: LogConfig])[] {
  const common = (): LogConfig => ({
    ...storeConfig,
    segmentBytes: random.pick(1_300, 2_500, 5_000),
    indexIntervalBytes: random.pick(0, 120, 400),
    fileDeleteDelayMs: random.pick(0, 20, 1_000),
    retentionMs: -1,
    flushMs: random.pick(10, Number.MAX_SAFE_INTEGER),
  });
  return [
    ["kept", common()],
    ["limited", { ...common(), retentionBytes: random.pick(1_000, 3_000) }],
    [
      "table",
      {
        ...common(),
        cleanupPolicy: { compact: true, delete: false },
        minCleanableDirtyRatio: random.pick(0, 0.5),
        deleteRetentionMs: random.pick(0, 30, 10_000),
      },
    ],
  ];
}

/** In Kafka's form: 22 characters of URL-safe base64. */
export function topicIdFrom(random: RandomStream): string {
  return Buffer.from(random.bytes(16)).toString("base64url");
}
