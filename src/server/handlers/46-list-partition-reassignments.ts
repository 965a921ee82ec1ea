import { errors } from "../../protocol/errors.js";
import { ListPartitionReassignments } from "../../protocol/messages/46-list-partition-reassignments.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";

/** ListPartitionReassignments: the moves that go on, of the topics asked for or of all (KIP-455). */
export const listPartitionReassignments = handler(
  ListPartitionReassignments,
  { from: 0, to: 0 },
  async (broker, request, context) => {
    if (!context.authorize("Describe", "Cluster", clusterResource)) {
      return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code, topics: [] };
    }
    const { timeoutMs } = request;
    const outcome = await broker.controller.call("listPartitionReassignments", request, {
      timeoutMs,
      caller: context,
    });
    return "reply" in outcome ? outcome.reply : { errorCode: outcome.errorCode, topics: [] };
  },
);
