import { errors } from "../../protocol/errors.js";
import { AlterClientQuotas } from "../../protocol/messages/49-alter-client-quotas.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";

/** AlterClientQuotas: sets and removes quotas (KIP-546). They are kept, and not enforced yet. */
export const alterClientQuotas = handler(AlterClientQuotas, { from: 0, to: 1 }, async (broker, request, context) => {
  const failed = (errorCode: number, errorMessage: string | null) => ({
    entries: request.entries.map(({ entity }) => ({ entity, errorCode, errorMessage })),
  });
  if (!context.authorize("AlterConfigs", "Cluster", clusterResource)) {
    return failed(errors.CLUSTER_AUTHORIZATION_FAILED.code, "Cluster authorization failed.");
  }
  const outcome = await broker.controller.call("alterClientQuotas", request, { caller: context });
  return "reply" in outcome ? outcome.reply : failed(outcome.errorCode, null);
});
