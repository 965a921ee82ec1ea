import { AlterConfigs } from "../../protocol/messages/33-alter-configs.js";
import { alterResources } from "../administration/alterable-resources.js";
import { handler } from "../handler.js";

/** AlterConfigs: replaces the whole configuration of a resource. */
export const alterConfigs = handler(AlterConfigs, { from: 0, to: 2 }, async (broker, request, context) => {
  const responses = await alterResources(
    request.resources,
    broker,
    context,
    () => null,
    (resources) => broker.controller.call("alterConfigs", { ...request, resources }, { caller: context }),
  );
  return { responses };
});
