import type { Broker } from "../../broker/broker.js";
import {
  type DescribedConfig,
  describeAllBrokers,
  describeBroker,
  describeClientMetrics,
  describeGroup,
  describeTopic,
} from "../../config/dynamic/describe.js";
import type { ConfigType } from "../../config/properties/value-types.js";
import { configKey, configResource } from "../../metadata/image/image.js";
import { topicNameProblem } from "../../metadata/topic-names.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { DescribeConfigs } from "../../protocol/messages/32-describe-configs.js";
import type { RequestOf, ResponseOf } from "../../protocol/schema/message.js";
import { clusterResource } from "../../security/authorizer.js";
import { levelName, rootLogger } from "../administration/broker-loggers.js";
import type { RequestContext } from "../context.js";
import { handler } from "../handler.js";

type DescribeConfigsRequest = RequestOf<typeof DescribeConfigs>;
type Resource = DescribeConfigsRequest["resources"][number];
type Result = ResponseOf<typeof DescribeConfigs>["results"][number];

/** The numbers of the types on the wire (KIP-569). */
const typeNumber: Readonly<Record<ConfigType, number>> = {
  BOOLEAN: 1,
  STRING: 2,
  INT: 3,
  SHORT: 4,
  LONG: 5,
  DOUBLE: 6,
  LIST: 7,
  CLASS: 8,
  PASSWORD: 9,
};

/** The numbers of the sources on the wire (KIP-226). A value of the resource itself has the number of its type. */
const sourceNumber = {
  topic: 1,
  "this broker": 2,
  "all brokers": 3,
  static: 4,
  default: 5,
  logger: 6,
  clientMetrics: 7,
  group: 8,
} as const;
/** The type of a property that nobody knows. */
const UNKNOWN_TYPE = 0;

const noOverrides: ReadonlyMap<string, string> = new Map();

/**
 * One request has so many properties looked at: those of 10,000 topics and more. A short one could ask for the same broker
 * again and again, and be answered with gigabytes.
 */
const PROPERTIES_MAX = 500_000;

interface Asked extends DescribeConfigsRequest {
  /** Of `PROPERTIES_MAX`, while the resources are described one by one. */
  propertiesLeft: number;
}

/** DescribeConfigs: what topics, groups and this broker are configured with, and where each value comes from. */
export const describeConfigs = handler(DescribeConfigs, { from: 0, to: 4 }, (broker, request, context) => {
  const { resources } = request;
  const asked: Asked = { ...request, propertiesLeft: PROPERTIES_MAX };
  // As in Apache Kafka, a type that nobody knows spoils the whole request.
  const stranger = resources.find(({ resourceType }) => !resourceTypes.includes(resourceType));
  const describe = (resource: Resource) =>
    stranger === undefined
      ? describeResource(broker, context, asked, resource)
      : failed(errors.INVALID_REQUEST.code, `There are no resources of type ${stranger.resourceType}`);
  return {
    results: resources.map((resource) => {
      const { resourceType, resourceName } = resource;
      return { resourceType, resourceName, ...describe(resource) };
    }),
  };
});

type Described = Omit<Result, "resourceType" | "resourceName">;

const resourceTypes: readonly number[] = Object.values(configResource);

function describeResource(broker: Broker, context: RequestContext, request: Asked, resource: Resource): Described {
  const { resourceType, resourceName: name } = resource;
  if (request.propertiesLeft <= 0) {
    return failed(errors.INVALID_REQUEST.code, "Too many resources at once: ask for them in several requests");
  }
  switch (resourceType) {
    case configResource.topic: {
      if (!context.authorize("DescribeConfigs", "Topic", name)) {
        return failed(errors.TOPIC_AUTHORIZATION_FAILED.code, "Topic authorization failed.");
      }
      const problem = topicNameProblem(name);
      if (problem !== null) return failed(errors.INVALID_TOPIC_EXCEPTION.code, problem);
      if (!context.image.topicsByName.has(name)) return failed(errors.UNKNOWN_TOPIC_OR_PARTITION.code, "");
      return listed(
        describeTopic(overridesOf(resource, context), broker.config),
        sourceNumber.topic,
        request,
        resource,
      );
    }
    case configResource.group:
      if (!context.authorize("DescribeConfigs", "Group", name)) {
        return failed(errors.GROUP_AUTHORIZATION_FAILED.code, "Group authorization failed.");
      }
      if (name === "") return failed(errors.INVALID_REQUEST.code, "Group name must not be empty");
      return listed(
        describeGroup(overridesOf(resource, context), broker.config),
        sourceNumber.group,
        request,
        resource,
      );
    default:
      if (!context.authorize("DescribeConfigs", "Cluster", clusterResource)) {
        return failed(errors.CLUSTER_AUTHORIZATION_FAILED.code, "Cluster authorization failed.");
      }
      return describeOfCluster(broker, context, request, resource);
  }
}

/** What belongs to the cluster as a whole: brokers, their loggers, subscriptions to metrics of clients. */
function describeOfCluster(broker: Broker, context: RequestContext, request: Asked, resource: Resource): Described {
  const { resourceType, resourceName: name } = resource;
  const { nodeId, config } = broker;
  const invalid = (why: string) => failed(errors.INVALID_REQUEST.code, why);
  if (resourceType === configResource.clientMetrics) {
    if (name === "") return invalid("Client metrics subscription name must not be empty");
    const described = describeClientMetrics(overridesOf(resource, context), config);
    return listed(described, sourceNumber.clientMetrics, request, resource);
  }
  const isLogger = resourceType === configResource.brokerLogger;
  if (name === "" && isLogger) return invalid("Broker id must not be empty");
  if (name !== "" && !/^[+-]?[0-9]{1,10}$/.test(name)) {
    return invalid(`Broker id must be an integer, but it is: ${name}`);
  }
  if (name !== "" && Number(name) !== nodeId) {
    const expected = isLogger ? `${nodeId}` : `${nodeId} or empty string,`;
    return invalid(`Unexpected broker id, expected ${expected} but received ${name}`);
  }
  if (isLogger) return loggers(broker, resource);
  const described = name === "" ? describeAllBrokers(config) : describeBroker(config);
  return listed(described, sourceNumber.default, request, resource);
}

/** There is one logger for all (KIP-412). */
function loggers({ logger }: Broker, { configurationKeys }: Resource): Described {
  const one = {
    name: rootLogger,
    value: levelName(logger.level),
    readOnly: false,
    configSource: sourceNumber.logger,
    isSensitive: false,
    synonyms: [],
    configType: UNKNOWN_TYPE,
    documentation: "",
  };
  const isWanted = configurationKeys === null || configurationKeys.length === 0 || configurationKeys.includes(one.name);
  return { errorCode: errors.NONE.code, errorMessage: "", configs: isWanted ? [one] : [] };
}

function overridesOf({ resourceType, resourceName }: Resource, { image }: RequestContext): ReadonlyMap<string, string> {
  return image.configs.get(configKey(resourceType, resourceName)) ?? noOverrides;
}

/** `ownSource` is the number for a value that was set on the resource itself. */
function listed(
  configs: readonly DescribedConfig[],
  ownSource: number,
  request: Asked,
  { configurationKeys }: Resource,
): Described {
  const { includeSynonyms, includeDocumentation } = request;
  request.propertiesLeft -= configs.length;
  const wanted = new Set(configurationKeys ?? []);
  const numberOf = (source: DescribedConfig["source"]) => (source === "resource" ? ownSource : sourceNumber[source]);
  const answers = configs
    .filter(({ name }) => wanted.size === 0 || wanted.has(name))
    .map((config) => ({
      name: config.name,
      value: config.value,
      readOnly: config.isReadOnly,
      isDefault: config.source === "default",
      configSource: numberOf(config.source),
      isSensitive: config.isSensitive,
      synonyms: includeSynonyms
        ? config.synonyms.map(({ name, value, source }) => ({ name, value, source: numberOf(source) }))
        : [],
      configType: config.type === null ? UNKNOWN_TYPE : typeNumber[config.type],
      documentation: includeDocumentation ? config.documentation : null,
    }));
  return { errorCode: errors.NONE.code, errorMessage: "", configs: answers };
}

function failed(errorCode: ErrorCode, errorMessage: string): Described {
  return { errorCode, errorMessage, configs: [] };
}
