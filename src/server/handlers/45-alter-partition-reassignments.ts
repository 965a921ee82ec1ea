import { errors } from "../../protocol/errors.js";
import { AlterPartitionReassignments } from "../../protocol/messages/45-alter-partition-reassignments.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";

/** AlterPartitionReassignments: begins and takes back moves of replicas (KIP-455). */
export const alterPartitionReassignments = handler(
  AlterPartitionReassignments,
  { from: 0, to: 1 },
  async (broker, request, context) => {
    if (!context.authorize("Alter", "Cluster", clusterResource)) {
      return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code, responses: [] };
    }
    const { timeoutMs } = request;
    const outcome = await broker.controller.call("alterPartitionReassignments", request, {
      timeoutMs,
      caller: context,
    });
    return "reply" in outcome ? outcome.reply : { errorCode: outcome.errorCode, responses: [] };
  },
);
