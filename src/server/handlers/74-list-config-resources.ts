import { configKey, configResource, type MetadataImage } from "../../metadata/image/image.js";
import { errors } from "../../protocol/errors.js";
import { ListConfigResources } from "../../protocol/messages/74-list-config-resources.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";

const everyType: readonly number[] = Object.values(configResource);

/** ListConfigResources: what can be configured or is, by type (KIP-1142). Version 0 asks for client metrics alone. */
export const listConfigResources = handler(ListConfigResources, { from: 0, to: 1 }, (_broker, request, context) => {
  if (!context.authorize("DescribeConfigs", "Cluster", clusterResource)) {
    return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code, configResources: [] };
  }
  const { resourceTypes } = request;
  const asked = context.apiVersion === 0 ? [configResource.clientMetrics] : new Set(resourceTypes);
  const types = [...asked].length === 0 ? everyType : [...asked];
  if (types.some((type) => !everyType.includes(type))) {
    return { errorCode: errors.UNSUPPORTED_VERSION.code, configResources: [] };
  }
  const configResources = types.flatMap((resourceType) =>
    namesOf(context.image, resourceType).map((resourceName) => ({ resourceName, resourceType })),
  );
  return { errorCode: errors.NONE.code, configResources };
});

/** Topics and brokers are there by themselves; groups and subscriptions only where something was set. */
function namesOf({ topicsByName, brokers, configs }: MetadataImage, resourceType: number): readonly string[] {
  switch (resourceType) {
    case configResource.topic:
      return [...topicsByName.keys()];
    case configResource.broker:
    case configResource.brokerLogger:
      return [...brokers.keys()].map(String);
    default: {
      const prefix = configKey(resourceType, "");
      return [...configs.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    }
  }
}
