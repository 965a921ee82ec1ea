/** Every property of the broker that Apache Kafka 4.3 knows, and Samsa's own: the tables of `broker/` joined. */
import {
  consumerGroupProperties,
  consumerGroupPropertiesWithoutEffect,
  streamsGroupPropertiesWithoutEffect,
} from "./broker/consumer-groups.js";
import { groupProperties, groupPropertiesWithoutEffect } from "./broker/groups.js";
import { logProperties, logPropertiesWithoutEffect } from "./broker/log.js";
import { metadataProperties } from "./broker/metadata.js";
import { metricsPropertiesWithoutEffect, telemetryProperties } from "./broker/metrics.js";
import { networkProperties, networkPropertiesWithoutEffect } from "./broker/network.js";
import { metadataLogProperties, nodeProperties, nodePropertiesWithoutEffect } from "./broker/node.js";
import {
  quotaPropertiesWithoutEffect,
  replicationProperties,
  replicationPropertiesWithoutEffect,
  startupPropertiesWithoutEffect,
} from "./broker/replication.js";
import { samsaProperties } from "./broker/samsa.js";
import { oauthPropertiesWithoutEffect, saslPropertiesWithoutEffect } from "./broker/sasl.js";
import {
  authorizerProperties,
  configProviderProperties,
  principalPropertiesWithoutEffect,
  tlsPropertiesWithoutEffect,
} from "./broker/security.js";
import { shareGroupPropertiesWithoutEffect } from "./broker/share-groups.js";
import { tieredStorageProperties, tieredStoragePropertiesWithoutEffect } from "./broker/tiered-storage.js";
import { policyProperties, topicRuleProperties } from "./broker/topics.js";
import { transactionProperties, transactionPropertiesWithoutEffect } from "./broker/transactions.js";
import type { ConfigDefinition, Definitions } from "./definition.js";

/** The tables whose values `BrokerConfig` shows, typed: the properties that some room reads, or soon will. */
export const typedTables = {
  node: nodeProperties,
  network: networkProperties,
  topics: topicRuleProperties,
  log: logProperties,
  groups: { ...groupProperties, ...consumerGroupProperties },
  transactions: transactionProperties,
  replication: replicationProperties,
  telemetry: telemetryProperties,
  metadata: metadataProperties,
  samsa: samsaProperties,
} as const;

const otherTables: readonly Definitions[] = [
  nodePropertiesWithoutEffect,
  metadataLogProperties,
  networkPropertiesWithoutEffect,
  policyProperties,
  logPropertiesWithoutEffect,
  groupPropertiesWithoutEffect,
  consumerGroupPropertiesWithoutEffect,
  streamsGroupPropertiesWithoutEffect,
  shareGroupPropertiesWithoutEffect,
  transactionPropertiesWithoutEffect,
  replicationPropertiesWithoutEffect,
  quotaPropertiesWithoutEffect,
  startupPropertiesWithoutEffect,
  authorizerProperties,
  configProviderProperties,
  tlsPropertiesWithoutEffect,
  principalPropertiesWithoutEffect,
  saslPropertiesWithoutEffect,
  oauthPropertiesWithoutEffect,
  tieredStorageProperties,
  tieredStoragePropertiesWithoutEffect,
  metricsPropertiesWithoutEffect,
];

/** By name, in alphabetical order. */
export const brokerConfigDefinitions: ReadonlyMap<string, ConfigDefinition> = new Map(
  [...Object.values(typedTables), ...otherTables]
    .flatMap((table) => Object.entries<ConfigDefinition>(table))
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);
