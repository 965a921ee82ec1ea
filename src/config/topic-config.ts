/** The configuration of one topic: its own values over the broker's, typed. */
import { camelCase, type Fields, fieldsOf, readValue } from "./properties/definition.js";
import { brokerSynonymsOfTopic, topicConfigDefinitions, topicProperties } from "./properties/topic-properties.js";
import type { ConfigValue } from "./properties/value-types.js";

/** `segmentBytes`, `retentionMs`, `cleanupPolicy`, …: in camelCase. Those of tiered storage and of followers are left out. */
export type TopicConfig = Fields<typeof topicProperties>;

/** What stands behind the values of a topic. */
export interface BehindTopics {
  readonly topicDefaults: TopicConfig;
  /** The parsed value of any known property of the broker. */
  readonly value: (name: string) => ConfigValue;
}

/** Overrides that are not valid, which an older or other broker may have stored, give way to the default. */
export function resolveTopicConfig(overrides: ReadonlyMap<string, string>, broker: BehindTopics): TopicConfig {
  if (overrides.size === 0) return broker.topicDefaults;
  const own: Record<string, ConfigValue> = {};
  for (const [name, text] of overrides) {
    const definition = topicConfigDefinitions.get(name);
    const read = definition && readValue(name, definition, text);
    if (read && "value" in read && name in topicProperties) own[camelCase(name)] = read.value;
  }
  return Object.freeze({ ...broker.topicDefaults, ...own });
}

/** What topics without values of their own get from the broker's properties. */
export function topicDefaultsFrom(brokerValue: (name: string) => ConfigValue): TopicConfig {
  return fieldsOf(topicProperties, (name) => topicDefault(name, brokerValue));
}

function topicDefault(name: string, brokerValue: (name: string) => ConfigValue): ConfigValue {
  for (const synonym of brokerSynonymsOfTopic.get(name) ?? []) {
    const value = brokerValue(synonym.name);
    // A factor makes hours of milliseconds; -1 stays "for ever".
    if (typeof value === "number") return value < 0 ? value : value * synonym.factor;
    if (value !== null) return value;
  }
  const definition = topicConfigDefinitions.get(name);
  const text = definition?.defaultText ?? null;
  if (definition === undefined || text === null) return null;
  const read = readValue(name, definition, text);
  return "value" in read ? read.value : null;
}

/** Judges one value. The complaint is what Kafka would answer, or `null`. */
export function validateTopicConfig(name: string, value: string): string | null {
  const definition = topicConfigDefinitions.get(name);
  if (definition === undefined) return `Unknown topic config name: ${name}`;
  const read = readValue(name, definition, value);
  return "reason" in read ? read.reason : null;
}

/** Judges all values of a topic, each for itself and against the others. */
export function validateTopicConfigs(overrides: ReadonlyMap<string, string>, broker: BehindTopics): string | null {
  for (const [name, value] of overrides) {
    const complaint = validateTopicConfig(name, value);
    if (complaint !== null) return complaint;
  }
  if (overrides.get("remote.storage.enable")?.trim().toLowerCase() === "true") {
    return "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.";
  }
  const { minCompactionLagMs, maxCompactionLagMs } = resolveTopicConfig(overrides, broker);
  if (minCompactionLagMs <= maxCompactionLagMs) return null;
  return (
    `conflict topic config setting min.compaction.lag.ms (${minCompactionLagMs}) > ` +
    `max.compaction.lag.ms (${maxCompactionLagMs})`
  );
}
