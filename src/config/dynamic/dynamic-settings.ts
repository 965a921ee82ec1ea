/**
 * Settings that the broker takes while it runs (KIP-226): what is set for this broker goes before what is set for all,
 * and both go before what was written where it was started.
 */
import { type BrokerConfig, groupsOf } from "../broker-config.js";
import { brokerConfigDefinitions } from "../properties/broker-properties.js";
import { type ConfigDefinition, type DynamicSettings, long, readValue } from "../properties/definition.js";
import { atLeast } from "../properties/validators.js";
import type { ConfigValue } from "../properties/value-types.js";
import { topicDefaultsFrom } from "../topic-config.js";

const rate = (meaning: string) => long("9223372036854775807", meaning, atLeast(0), "cluster-wide");

const LEADER_RATE = "leader.replication.throttled.rate";
const FOLLOWER_RATE = "follower.replication.throttled.rate";
const FOLDER_RATE = "replica.alter.log.dirs.io.max.bytes.per.second";

/** Known only as dynamic settings, never in a file: Kafka's tools set them round a reassignment. */
export const dynamicOnly: ReadonlyMap<string, ConfigDefinition> = new Map(
  Object.entries({
    [LEADER_RATE]: rate("Most bytes a second that leaders send to throttled followers."),
    [FOLLOWER_RATE]: rate("Most bytes a second that throttled followers fetch."),
    [FOLDER_RATE]: rate("Most bytes a second that move between the folders of a broker."),
  }),
);

/** What a name means as a dynamic setting; undefined for a name that nobody knows, which is kept all the same. */
export function dynamicDefinition(name: string): ConfigDefinition | undefined {
  return brokerConfigDefinitions.get(name) ?? dynamicOnly.get(name);
}

/**
 * How many bytes a second replicas that catch up may be sent and may take (KIP-73), and how many may move between folders
 * (KIP-113); infinite where nothing is set.
 */
export interface ReplicationRates {
  readonly leader: number;
  readonly follower: number;
  readonly betweenFolders: number;
}

export function replicationRates({ ofThisBroker, ofAllBrokers }: DynamicSettings): ReplicationRates {
  const rateOf = (name: string) => {
    const definition = dynamicOnly.get(name);
    const text = ofThisBroker.get(name) ?? ofAllBrokers.get(name);
    const read = definition === undefined || text === undefined ? null : readValue(name, definition, text);
    return read !== null && "value" in read ? Number(read.value) : Number.POSITIVE_INFINITY;
  };
  return { leader: rateOf(LEADER_RATE), follower: rateOf(FOLLOWER_RATE), betweenFolders: rateOf(FOLDER_RATE) };
}

/** The same broker with these settings. Values that are not valid, which another broker may have stored, give way. */
export function withDynamicSettings(base: BrokerConfig, dynamic: DynamicSettings): BrokerConfig {
  const values = new Map<string, ConfigValue>();
  for (const settings of [dynamic.ofAllBrokers, dynamic.ofThisBroker]) {
    for (const [name, text] of settings) {
      const definition = brokerConfigDefinitions.get(name);
      if (definition === undefined || definition.dynamicMode === "read-only") continue;
      const read = readValue(name, definition, text);
      if ("value" in read) values.set(name, read.value);
    }
  }
  const value = (name: string): ConfigValue => (values.has(name) ? (values.get(name) ?? null) : base.staticValue(name));
  return Object.freeze({ ...base, ...groupsOf(value), topicDefaults: topicDefaultsFrom(value), value, dynamic });
}
