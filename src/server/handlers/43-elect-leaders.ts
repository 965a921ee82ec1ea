import { errors } from "../../protocol/errors.js";
import { ElectLeaders } from "../../protocol/messages/43-elect-leaders.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";

/** ElectLeaders: answered when the metadata log names the new leaders, or `timeoutMs` has passed. */
export const electLeaders = handler(ElectLeaders, { from: 0, to: 2 }, async (broker, request, context) => {
  if (!context.authorize("Alter", "Cluster", clusterResource)) {
    return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code, replicaElectionResults: [] };
  }
  const { timeoutMs } = request;
  const outcome = await broker.controller.call("electLeaders", request, { timeoutMs, caller: context });
  return "reply" in outcome ? outcome.reply : { errorCode: outcome.errorCode, replicaElectionResults: [] };
});
