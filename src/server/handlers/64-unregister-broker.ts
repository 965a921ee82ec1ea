import { errors } from "../../protocol/errors.js";
import { UnregisterBroker } from "../../protocol/messages/64-unregister-broker.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";

/** UnregisterBroker: the cluster forgets a broker that will not come back (KIP-631). */
export const unregisterBroker = handler(UnregisterBroker, { from: 0, to: 0 }, async (broker, request, context) => {
  if (!context.authorize("Alter", "Cluster", clusterResource)) {
    return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code };
  }
  const outcome = await broker.controller.call("unregisterBroker", request, { caller: context });
  return "reply" in outcome ? outcome.reply : { errorCode: outcome.errorCode };
});
