import type { ConfigRules } from "../cluster/controller/config-rules.js";
import type { BrokerConfig } from "../config/broker-config.js";
import type { ConfigDefinition } from "../config/definition.js";
import { type DescribedConfig, describeGroup, describeTopic } from "../config/describe.js";
import { validateGroupConfig } from "../config/group-config.js";
import { groupConfigDefinitions } from "../config/group-properties.js";
import { validateTopicConfigs } from "../config/topic-config.js";
import { topicConfigDefinitions } from "../config/topic-properties.js";
import { configResource } from "../metadata/image.js";

/** The numbers of the sources on the wire (KIP-226); 1 is a value of the topic itself. */
const sourceNumber = { resource: 1, static: 4, default: 5 } as const;

const noDefinitions: ReadonlyMap<string, ConfigDefinition> = new Map();

/** Joins the controller's port to the definitions of the configuration room. */
export function configRules(broker: BrokerConfig): ConfigRules {
  return {
    problem: (resourceType, _name, configs) => problemWith(resourceType, configs, broker),
    isList: (resourceType, name) => definitionsOf(resourceType).get(name)?.type === "LIST",
    defaultOf: (resourceType, name) =>
      describedDefaults(resourceType, broker).find((config) => config.name === name)?.value ?? null,
    describeTopic: (configs) =>
      describeTopic(configs, broker).map(({ name, value, isReadOnly: readOnly, source, isSensitive }) => ({
        name,
        value,
        readOnly,
        configSource: sourceNumber[source],
        isSensitive,
      })),
  };
}

function problemWith(resourceType: number, configs: ReadonlyMap<string, string>, broker: BrokerConfig): string | null {
  switch (resourceType) {
    case configResource.topic:
      return validateTopicConfigs(configs, broker);
    case configResource.group:
      for (const [name, value] of configs) {
        const problem = validateGroupConfig(name, value, broker);
        if (problem !== null) return problem;
      }
      return null;
    default:
      return "Only topics and groups can be configured while the broker runs; set it where the broker is started";
  }
}

function definitionsOf(resourceType: number): ReadonlyMap<string, ConfigDefinition> {
  if (resourceType === configResource.topic) return topicConfigDefinitions;
  return resourceType === configResource.group ? groupConfigDefinitions : noDefinitions;
}

function describedDefaults(resourceType: number, broker: BrokerConfig): readonly DescribedConfig[] {
  if (resourceType === configResource.topic) return describeTopic(new Map(), broker);
  return resourceType === configResource.group ? describeGroup(new Map(), broker) : [];
}
