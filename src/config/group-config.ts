/** The configuration of one group (`incremental-alter` on a GROUP resource): its own values over the broker's. */
import type { BrokerConfig } from "./broker-config.js";
import { type Fields, fieldsOf, readValue } from "./properties/definition.js";
import { brokerSynonymOfGroup, groupConfigDefinitions, groupProperties } from "./properties/group-properties.js";
import type { ConfigValue } from "./properties/value-types.js";

/** `consumerSessionTimeoutMs`, `shareAutoOffsetReset`, …: all properties of a group, in camelCase. */
export type GroupConfig = Fields<typeof groupProperties>;

/** Overrides that are not valid give way to the default. */
export function resolveGroupConfig(overrides: ReadonlyMap<string, string>, broker: BrokerConfig): GroupConfig {
  return fieldsOf(groupProperties, (name) => groupValue(name, overrides, broker));
}

function groupValue(name: string, overrides: ReadonlyMap<string, string>, broker: BrokerConfig): ConfigValue {
  const definition = groupConfigDefinitions.get(name);
  if (definition === undefined) return null;
  const synonym = brokerSynonymOfGroup(name);
  const own = overrides.get(name);
  if (own !== undefined || synonym === null) {
    const read = readValue(name, definition, own ?? definition.defaultText ?? "");
    if ("value" in read) return read.value;
  }
  return synonym === null ? null : broker.value(synonym);
}

/** Judges one value. The complaint is what Kafka would answer, or `null`. */
export function validateGroupConfig(name: string, value: string, broker: BrokerConfig): string | null {
  const definition = groupConfigDefinitions.get(name);
  if (definition === undefined) return `Unknown group config name: ${name}`;
  const read = readValue(name, definition, value);
  return "reason" in read ? read.reason : outOfBounds(name, read.value, broker);
}

/** The broker's `group.consumer.min.x` and `group.consumer.max.x` bound a group's `consumer.x`. */
function outOfBounds(name: string, value: ConfigValue, broker: BrokerConfig): string | null {
  if (typeof value !== "number") return null;
  const dot = name.indexOf(".");
  const [kind, rest] = [name.slice(0, dot), name.slice(dot + 1)];
  const minName = `group.${kind}.min.${rest}`;
  const maxName = rest === "num.standby.replicas" ? `group.${kind}.max.standby.replicas` : `group.${kind}.max.${rest}`;
  const [min, max] = [broker.value(minName), broker.value(maxName)];
  if (typeof min === "number" && value < min) return `${name} must be greater than or equal to ${minName}`;
  if (typeof max === "number" && value > max) return `${name} must be less than or equal to ${maxName}`;
  return null;
}
