import { errors } from "../../protocol/errors.js";
import { UpdateFeatures } from "../../protocol/messages/57-update-features.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";

/** UpdateFeatures: finalizes features at other levels, all or none (KIP-584). */
export const updateFeatures = handler(UpdateFeatures, { from: 0, to: 2 }, async (broker, request, context) => {
  if (!context.authorize("Alter", "Cluster", clusterResource)) {
    const errorMessage = "Cluster authorization failed.";
    return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code, errorMessage, results: [] };
  }
  const { timeoutMs } = request;
  const outcome = await broker.controller.call("updateFeatures", request, { timeoutMs, caller: context });
  return "reply" in outcome ? outcome.reply : { errorCode: outcome.errorCode, results: [] };
});
