import { errors } from "../../protocol/errors.js";
import { AssignReplicasToDirs } from "../../protocol/messages/73-assign-replicas-to-dirs.js";
import { clusterResource } from "../../security/authorizer.js";
import { betweenBrokers } from "../handler.js";

/** AssignReplicasToDirs: the controller learns in which folders of a broker replicas lie (KIP-858). */
export const assignReplicasToDirs = betweenBrokers(
  AssignReplicasToDirs,
  { from: 0, to: 0 },
  async (broker, request, context) => {
    if (!context.authorize("ClusterAction", "Cluster", clusterResource)) {
      return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code, directories: [] };
    }
    const outcome = await broker.controller.callHere("assignReplicasToDirs", request);
    return "reply" in outcome ? outcome.reply : { errorCode: outcome.errorCode, directories: [] };
  },
);
