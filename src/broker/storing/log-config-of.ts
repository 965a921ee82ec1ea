import type { BrokerConfig } from "../../config/broker-config.js";
import { resolveTopicConfig } from "../../config/topic-config.js";
import { configKey, configResource, type MetadataImage } from "../../metadata/image/image.js";
import type { LogConfig } from "../../storage/log-config.js";

const noOverrides: ReadonlyMap<string, string> = new Map();

/** What the logs of a topic are told: the topic's own configuration over the broker's, as plain values. */
export function logConfigOf(topic: string, image: MetadataImage, broker: BrokerConfig): LogConfig {
  const overrides = image.configs.get(configKey(configResource.topic, topic)) ?? noOverrides;
  const config = resolveTopicConfig(overrides, broker);
  const isCompacted = config.cleanupPolicy.includes("compact");
  return {
    segmentBytes: config.internalSegmentBytes ?? config.segmentBytes,
    // KIP-354: what must be compacted by then has to leave the active segment before.
    segmentMs: isCompacted ? Math.min(config.segmentMs, config.maxCompactionLagMs) : config.segmentMs,
    segmentJitterMs: config.segmentJitterMs,
    segmentIndexBytes: config.segmentIndexBytes,
    indexIntervalBytes: config.indexIntervalBytes,
    maxMessageBytes: config.maxMessageBytes,
    messageTimestampType: config.messageTimestampType,
    messageTimestampBeforeMaxMs: config.messageTimestampBeforeMaxMs,
    messageTimestampAfterMaxMs: config.messageTimestampAfterMaxMs,
    compressionType: config.compressionType,
    cleanupPolicy: {
      compact: isCompacted,
      delete: config.cleanupPolicy.includes("delete"),
    },
    minCleanableDirtyRatio: config.minCleanableDirtyRatio,
    minCompactionLagMs: config.minCompactionLagMs,
    maxCompactionLagMs: config.maxCompactionLagMs,
    deleteRetentionMs: config.deleteRetentionMs,
    retentionMs: config.retentionMs,
    retentionBytes: config.retentionBytes,
    fileDeleteDelayMs: config.fileDeleteDelayMs,
    flushMessages: broker.samsa.samsaLogSync === "always" ? 1 : config.flushMessages,
    flushMs: config.flushMs,
    minInsyncReplicas: config.minInsyncReplicas,
    producerIdExpirationMs: broker.transactions.producerIdExpirationMs,
  };
}
