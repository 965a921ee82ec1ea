import { configResource } from "../../metadata/image/image.js";
import { IncrementalAlterConfigs } from "../../protocol/messages/44-incremental-alter-configs.js";
import { alterResources } from "../administration/alterable-resources.js";
import { alterLoggers } from "../administration/broker-loggers.js";
import { handler } from "../handler.js";

/** IncrementalAlterConfigs: sets, resets, appends to or subtracts from single properties. */
export const incrementalAlterConfigs = handler(
  IncrementalAlterConfigs,
  { from: 0, to: 1 },
  async (broker, request, context) => {
    const responses = await alterResources(
      request.resources,
      broker,
      context,
      (resource) =>
        resource.resourceType === configResource.brokerLogger
          ? alterLoggers(broker, resource, request.validateOnly)
          : null,
      (resources) => broker.controller.call("incrementalAlterConfigs", { ...request, resources }, { caller: context }),
    );
    return { responses };
  },
);
