/**
 * Settings that the broker takes while it runs (KIP-226): what is set for this broker goes before what is set for all,
 * and both go before what was written where it was started.
 */
import { type BrokerConfig, groupsOf } from "./broker-config.js";
import { brokerConfigDefinitions } from "./broker-properties.js";
import { type ConfigDefinition, type DynamicSettings, long, readValue, withoutEffect } from "./definition.js";
import { topicDefaultsFrom } from "./topic-config.js";
import { atLeast } from "./validators.js";
import type { ConfigValue } from "./value-types.js";

const rate = (meaning: string) => long("9223372036854775807", meaning, atLeast(0), "cluster-wide");

/** Known only as dynamic settings, never in a file: Kafka's tools set them round a reassignment. */
const dynamicOnly: ReadonlyMap<string, ConfigDefinition> = new Map(
  Object.entries(
    withoutEffect("one node has no followers", {
      "leader.replication.throttled.rate": rate("Most bytes a second that leaders send to throttled followers."),
      "follower.replication.throttled.rate": rate("Most bytes a second that throttled followers fetch."),
      "replica.alter.log.dirs.io.max.bytes.per.second": rate("Most bytes a second that move between folders."),
    } as const),
  ),
);

/** What a name means as a dynamic setting; undefined for a name that nobody knows, which is kept all the same. */
export function dynamicDefinition(name: string): ConfigDefinition | undefined {
  return brokerConfigDefinitions.get(name) ?? dynamicOnly.get(name);
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
