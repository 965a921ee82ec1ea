import { errors } from "../../protocol/errors.js";
import { AlterPartition } from "../../protocol/messages/56-alter-partition.js";
import { clusterResource } from "../../security/authorizer.js";
import { betweenBrokers } from "../handler.js";

/** AlterPartition: the controller writes down who is in sync (KIP-497). */
export const alterPartition = betweenBrokers(AlterPartition, { from: 2, to: 3 }, async (broker, request, context) => {
  if (!context.authorize("ClusterAction", "Cluster", clusterResource)) {
    return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code, topics: [] };
  }
  const outcome = await broker.controller.callHere("alterPartition", request);
  return "reply" in outcome ? outcome.reply : { errorCode: outcome.errorCode, topics: [] };
});
