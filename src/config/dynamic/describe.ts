/** What DescribeConfigs says of each property: its value, where it comes from, and what stands behind it. */
import type { BrokerConfig } from "../broker-config.js";
import { clientMetricsDefinitions } from "../client-metrics-config.js";
import { brokerConfigDefinitions } from "../properties/broker-properties.js";
import type { ConfigDefinition } from "../properties/definition.js";
import { brokerSynonymOfGroup, groupConfigDefinitions } from "../properties/group-properties.js";
import { type BrokerSynonym, brokerSynonymsOfTopic, topicConfigDefinitions } from "../properties/topic-properties.js";
import type { ConfigType } from "../properties/value-types.js";
import { dynamicDefinition, dynamicOnly } from "./dynamic-settings.js";

/**
 * `resource`: set on this topic or group itself. `this broker`, `all brokers`: set while the broker runs. `static`: from
 * the file, the environment or the command line.
 */
type DescribedSource = "resource" | "this broker" | "all brokers" | "static" | "default";

interface DescribedSynonym {
  readonly name: string;
  readonly value: string | null;
  readonly source: DescribedSource;
}

export interface DescribedConfig {
  readonly name: string;
  /** `null` when there is none, or when it is sensitive. */
  readonly value: string | null;
  readonly source: DescribedSource;
  readonly isReadOnly: boolean;
  readonly isSensitive: boolean;
  /** Null: nobody knows the property, so it may be a secret as well. */
  readonly type: ConfigType | null;
  readonly documentation: string;
  /** Where the value may come from, strongest first; the first is where it does come from. */
  readonly synonyms: readonly DescribedSynonym[];
}

/** Internal properties are not shown, and what can only be set while the broker runs is shown where it is. */
export function describeBroker(config: BrokerConfig): readonly DescribedConfig[] {
  const set = (name: string) => config.dynamic.ofThisBroker.has(name) || config.dynamic.ofAllBrokers.has(name);
  return [...brokerConfigDefinitions, ...[...dynamicOnly].filter(([name]) => set(name))]
    .filter(([name, definition]) => !definition.internal || config.originals.has(name))
    .map(([name, definition]) => {
      const isReadOnly = definition.dynamicMode === "read-only";
      const layers = strongestFirst(unitsOf(name).flatMap((unit) => brokerLayers(unit, config)));
      const shown = fromOwnUnit(name, layers);
      return describe(name, definition, isReadOnly, shown, shown[0]?.value ?? null);
    });
}

/** What is set for all brokers, and nothing else. */
export function describeAllBrokers({ dynamic }: BrokerConfig): readonly DescribedConfig[] {
  return [...dynamic.ofAllBrokers].map(([name, value]) => {
    const layers = [{ name, value, source: "all brokers" } as const];
    const definition = dynamicDefinition(name);
    if (definition !== undefined) return describe(name, definition, false, layers, value);
    const hidden = layers.map((layer) => ({ ...layer, value: null }));
    const unknown = { value: null, isReadOnly: true, isSensitive: true, type: null, documentation: "" };
    return { name, ...unknown, source: "all brokers", synonyms: hidden };
  });
}

/** A subscription to metrics of clients. */
export function describeClientMetrics(
  overrides: ReadonlyMap<string, string>,
  config: BrokerConfig,
): readonly DescribedConfig[] {
  return describeResource(clientMetricsDefinitions, overrides, config, () => []);
}

export function describeTopic(
  overrides: ReadonlyMap<string, string>,
  config: BrokerConfig,
): readonly DescribedConfig[] {
  return describeResource(topicConfigDefinitions, overrides, config, (name) => brokerSynonymsOfTopic.get(name) ?? []);
}

export function describeGroup(
  overrides: ReadonlyMap<string, string>,
  config: BrokerConfig,
): readonly DescribedConfig[] {
  const described = describeResource(groupConfigDefinitions, overrides, config, (name) => {
    const synonym = brokerSynonymOfGroup(name);
    return synonym === null ? [] : [{ name: synonym, factor: 1 }];
  });
  return described.map((one) => (brokerSynonymOfGroup(one.name) === null ? withOwnDefault(one) : one));
}

/** Behind what no broker's property stands, Apache Kafka shows the default under the property's own name. */
function withOwnDefault(config: DescribedConfig): DescribedConfig {
  const value = groupConfigDefinitions.get(config.name)?.defaultText ?? null;
  return { ...config, synonyms: [...config.synonyms, { name: config.name, value, source: "default" }] };
}

function describeResource(
  definitions: ReadonlyMap<string, ConfigDefinition>,
  overrides: ReadonlyMap<string, string>,
  config: BrokerConfig,
  synonymsOf: (name: string) => readonly BrokerSynonym[],
): readonly DescribedConfig[] {
  return [...definitions]
    .filter(([name, definition]) => !definition.internal || overrides.has(name))
    .map(([name, definition]) => {
      const override = overrides.get(name);
      const own = override === undefined ? [] : [{ name, value: override, source: "resource" } as const];
      const synonyms = synonymsOf(name);
      const behind = synonyms.flatMap((synonym) => brokerLayers(synonym.name, config));
      const value = override ?? effectiveText(synonyms, config) ?? definition.defaultText;
      return describe(name, definition, false, [...own, ...fromOwnUnit(synonyms[0]?.name, behind)], value);
    });
}

function describe(
  name: string,
  definition: ConfigDefinition,
  isReadOnly: boolean,
  layers: readonly DescribedSynonym[],
  value: string | null,
): DescribedConfig {
  const isSensitive = definition.type === "PASSWORD";
  const synonyms = isSensitive ? layers.map((layer) => ({ ...layer, value: null })) : layers;
  const { type, meaning: documentation } = definition;
  return {
    name,
    value: isSensitive ? null : value,
    source: synonyms[0]?.source ?? "default",
    isReadOnly,
    isSensitive,
    type,
    documentation,
    synonyms,
  };
}

/** Properties that mean one thing in several units, the finest first. */
const severalUnits: readonly (readonly string[])[] = [
  ["log.retention.ms", "log.retention.minutes", "log.retention.hours"],
  ["log.roll.ms", "log.roll.hours"],
  ["log.roll.jitter.ms", "log.roll.jitter.hours"],
];

function unitsOf(name: string): readonly string[] {
  return severalUnits.find((units) => units.includes(name)) ?? [name];
}

/** Apache Kafka begins at the property of the same unit: hours alone are not shown behind milliseconds. */
function fromOwnUnit(name: string | undefined, layers: readonly DescribedSynonym[]): readonly DescribedSynonym[] {
  const first = layers.findIndex((layer) => layer.name === name);
  return first < 0 ? [] : layers.slice(first);
}

function strongestFirst(layers: readonly DescribedSynonym[]): readonly DescribedSynonym[] {
  const sources: readonly DescribedSource[] = ["resource", "this broker", "all brokers", "static", "default"];
  return layers.toSorted((one, other) => sources.indexOf(one.source) - sources.indexOf(other.source));
}

/** What was set, what was written, then the default; nothing for a property that has none of them. */
function brokerLayers(name: string, config: BrokerConfig): DescribedSynonym[] {
  const written = config.originals.get(name)?.text;
  const defaultText = brokerConfigDefinitions.get(name)?.defaultText ?? null;
  const { ofThisBroker, ofAllBrokers } = config.dynamic;
  const layers: DescribedSynonym[] = [];
  const own = ofThisBroker.get(name);
  if (own !== undefined) layers.push({ name, value: own, source: "this broker" });
  const everyones = ofAllBrokers.get(name);
  if (everyones !== undefined) layers.push({ name, value: everyones, source: "all brokers" });
  if (written !== undefined) layers.push({ name, value: written, source: "static" });
  if (defaultText !== null) layers.push({ name, value: defaultText, source: "default" });
  return layers;
}

/** What the first of the broker's properties that has a value comes to, in the unit of the topic's property. */
function effectiveText(synonyms: readonly BrokerSynonym[], config: BrokerConfig): string | null {
  for (const { name, factor } of synonyms) {
    const text = brokerLayers(name, config)[0]?.value ?? null;
    if (text !== null) return scaled(text, factor);
  }
  return null;
}

function scaled(text: string, factor: number): string {
  const value = Number(text);
  return factor === 1 || value < 0 ? text : String(value * factor);
}
