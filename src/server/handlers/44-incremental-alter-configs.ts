import { IncrementalAlterConfigs } from "../../protocol/messages/44-incremental-alter-configs.js";
import { alterResources } from "../alterable-resources.js";
import { handler } from "../handler.js";

/** IncrementalAlterConfigs: sets, resets, appends to or subtracts from single properties. */
export const incrementalAlterConfigs = handler(
  IncrementalAlterConfigs,
  { from: 0, to: 1 },
  async (broker, request, context) => {
    const responses = await alterResources(request.resources, context, (resources) =>
      broker.controller.call("incrementalAlterConfigs", { ...request, resources }),
    );
    return { responses };
  },
);
