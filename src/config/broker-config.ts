/** The broker's configuration as a typed, frozen value: what every other room reads. */
import type { Listeners } from "./listeners.js";
import type { PeerRule } from "./peer-rules.js";
import { typedTables } from "./properties/broker-properties.js";
import { type DynamicSettings, type Fields, fieldsOf, noDynamicSettings } from "./properties/definition.js";
import type { ConfigValue } from "./properties/value-types.js";
import type { Original } from "./sources/sources.js";
import { type TopicConfig, topicDefaultsFrom } from "./topic-config.js";

type Tables = typeof typedTables;

/** Each group holds its properties under their own names in camelCase: `config.log.logSegmentBytes`. */
export interface BrokerConfig {
  readonly nodeId: number;
  /** The id that the cluster must have, if somebody named one; else what the folder says, or a new one. */
  readonly clusterId: string | null;
  /** `log.dirs`, or `log.dir`: never empty. */
  readonly dataFolders: readonly string[];
  readonly listeners: Listeners;
  readonly advertisedByPeer: readonly PeerRule[];

  readonly node: Fields<Tables["node"]>;
  readonly network: Fields<Tables["network"]>;
  readonly topics: Fields<Tables["topics"]>;
  readonly log: Fields<Tables["log"]>;
  readonly groups: Fields<Tables["groups"]>;
  readonly transactions: Fields<Tables["transactions"]>;
  readonly replication: Fields<Tables["replication"]>;
  readonly telemetry: Fields<Tables["telemetry"]>;
  readonly metadata: Fields<Tables["metadata"]>;
  readonly samsa: Fields<Tables["samsa"]>;

  /** The configuration of a topic without values of its own. */
  readonly topicDefaults: TopicConfig;
  /** What was written, by property name; a property that is not here has its default. */
  readonly originals: ReadonlyMap<string, Original>;
  /** What was set while the broker runs (KIP-226). */
  readonly dynamic: DynamicSettings;
  /** The parsed value of any known property, by its Kafka name. */
  readonly value: (name: string) => ConfigValue;
  /** The same without what was set while the broker runs. */
  readonly staticValue: (name: string) => ConfigValue;
}

/** What `buildBrokerConfig` cannot take from the values alone. */
export type Derived = Pick<BrokerConfig, "clusterId" | "listeners" | "advertisedByPeer">;

export type Groups = Pick<BrokerConfig, keyof Tables>;

export function groupsOf(value: (name: string) => ConfigValue): Groups {
  return {
    node: fieldsOf(typedTables.node, value),
    network: fieldsOf(typedTables.network, value),
    topics: fieldsOf(typedTables.topics, value),
    log: fieldsOf(typedTables.log, value),
    groups: fieldsOf(typedTables.groups, value),
    transactions: fieldsOf(typedTables.transactions, value),
    replication: fieldsOf(typedTables.replication, value),
    telemetry: fieldsOf(typedTables.telemetry, value),
    metadata: fieldsOf(typedTables.metadata, value),
    samsa: fieldsOf(typedTables.samsa, value),
  };
}

export function buildBrokerConfig(
  groups: Groups,
  derived: Derived,
  originals: ReadonlyMap<string, Original>,
  value: (name: string) => ConfigValue,
): BrokerConfig {
  const { node } = groups;
  const brokerIdAlone = !originals.has("node.id") && node.brokerId >= 0;
  return Object.freeze({
    ...groups,
    ...derived,
    nodeId: brokerIdAlone ? node.brokerId : node.nodeId,
    dataFolders: node.logDirs ?? node.logDir,
    topicDefaults: topicDefaultsFrom(value),
    originals,
    dynamic: noDynamicSettings,
    value,
    staticValue: value,
  });
}
