import type { BrokerConfig } from "../config/broker-config.js";
import { resolveTopicConfig } from "../config/topic-config.js";
import { configKey, configResource, type MetadataImage } from "../metadata/image.js";
import type { LogConfig } from "../storage/log-config.js";

const noOverrides: ReadonlyMap<string, string> = new Map();

/** What the logs of a topic are told: the topic's own configuration over the broker's, as plain values. */
export function logConfigOf(topic: string, image: MetadataImage, broker: BrokerConfig): LogConfig {
  const overrides = image.configs.get(configKey(configResource.topic, topic)) ?? noOverrides;
  const config = resolveTopicConfig(overrides, broker);
  return {
    segmentBytes: config.internalSegmentBytes ?? config.segmentBytes,
    segmentMs: config.segmentMs,
    segmentIndexBytes: config.segmentIndexBytes,
    indexIntervalBytes: config.indexIntervalBytes,
    maxMessageBytes: config.maxMessageBytes,
    messageTimestampType: config.messageTimestampType,
    messageTimestampBeforeMaxMs: config.messageTimestampBeforeMaxMs,
    messageTimestampAfterMaxMs: config.messageTimestampAfterMaxMs,
    compressionType: config.compressionType,
    cleanupPolicy: {
      compact: config.cleanupPolicy.includes("compact"),
      delete: config.cleanupPolicy.includes("delete"),
    },
    minInsyncReplicas: config.minInsyncReplicas,
    producerIdExpirationMs: broker.transactions.producerIdExpirationMs,
  };
}
