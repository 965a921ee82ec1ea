import type { ConfigRules } from "../../cluster/controller/config-rules.js";
import type { BrokerConfig } from "../../config/broker-config.js";
import { clientMetricsProblem } from "../../config/client-metrics-config.js";
import { type DescribedConfig, describeGroup, describeTopic } from "../../config/dynamic/describe.js";
import { dynamicSettingsProblem } from "../../config/dynamic/dynamic-rules.js";
import { validateGroupConfig } from "../../config/group-config.js";
import { brokerConfigDefinitions } from "../../config/properties/broker-properties.js";
import type { ConfigDefinition } from "../../config/properties/definition.js";
import { groupConfigDefinitions } from "../../config/properties/group-properties.js";
import { topicConfigDefinitions } from "../../config/properties/topic-properties.js";
import { validateTopicConfigs } from "../../config/topic-config.js";
import { configResource } from "../../metadata/image/image.js";
import { type ApiError, apiError } from "../../protocol/errors.js";

/** The numbers of the sources on the wire (KIP-226); 1 is a value of the topic itself. */
const sourceNumber = { resource: 1, "this broker": 2, "all brokers": 3, static: 4, default: 5 } as const;

const noDefinitions: ReadonlyMap<string, ConfigDefinition> = new Map();

/** Joins the controller's port to the definitions of the configuration room. `broker`: as it is configured now. */
export function configRules(broker: () => BrokerConfig): ConfigRules {
  return {
    problem: (resourceType, name, configs) => problemWith(resourceType, name, configs, broker()),
    isList: (resourceType, name) => definitionsOf(resourceType).get(name)?.type === "LIST",
    defaultOf: (resourceType, name) => defaultOf(resourceType, name, broker()),
    describeTopic: (configs) =>
      describeTopic(configs, broker()).map(({ name, value, isReadOnly: readOnly, source, isSensitive }) => ({
        name,
        value,
        readOnly,
        configSource: sourceNumber[source],
        isSensitive,
      })),
  };
}

function problemWith(
  resourceType: number,
  name: string,
  configs: ReadonlyMap<string, string>,
  broker: BrokerConfig,
): ApiError | null {
  switch (resourceType) {
    case configResource.topic:
      return invalidConfig(validateTopicConfigs(configs, broker));
    case configResource.group:
      for (const [key, value] of configs) {
        const problem = validateGroupConfig(key, value, broker);
        if (problem !== null) return invalidConfig(problem);
      }
      return null;
    case configResource.broker: {
      const problem = dynamicSettingsProblem(broker, name === "" ? "all brokers" : "this broker", configs);
      return problem === null ? null : apiError("INVALID_REQUEST", problem);
    }
    case configResource.clientMetrics: {
      const problem = clientMetricsProblem(name, configs);
      if (problem?.kind === "request") return apiError("INVALID_REQUEST", problem.message);
      return invalidConfig(problem?.message ?? null);
    }
    default:
      return null;
  }
}

function invalidConfig(problem: string | null): ApiError | null {
  return problem === null ? null : apiError("INVALID_CONFIG", problem);
}

/** Those to whose lists one can append. The lists of subscriptions to metrics are none, as in Apache Kafka. */
function definitionsOf(resourceType: number): ReadonlyMap<string, ConfigDefinition> {
  if (resourceType === configResource.topic) return topicConfigDefinitions;
  if (resourceType === configResource.broker) return brokerConfigDefinitions;
  return resourceType === configResource.group ? groupConfigDefinitions : noDefinitions;
}

/** A list for a broker is appended to Apache Kafka's default, not to what is written in a file. */
function defaultOf(resourceType: number, name: string, broker: BrokerConfig): string | null {
  if (resourceType === configResource.broker) return brokerConfigDefinitions.get(name)?.defaultText ?? null;
  return describedDefaults(resourceType, broker).find((config) => config.name === name)?.value ?? null;
}

function describedDefaults(resourceType: number, broker: BrokerConfig): readonly DescribedConfig[] {
  if (resourceType === configResource.topic) return describeTopic(new Map(), broker);
  return resourceType === configResource.group ? describeGroup(new Map(), broker) : [];
}
