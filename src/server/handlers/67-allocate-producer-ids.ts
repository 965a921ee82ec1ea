import { errors } from "../../protocol/errors.js";
import { AllocateProducerIds } from "../../protocol/messages/67-allocate-producer-ids.js";
import { clusterResource } from "../../security/authorizer.js";
import { betweenBrokers } from "../handler.js";

/** AllocateProducerIds: the controller gives a broker producer ids that it gives to nobody else (KIP-730). */
export const allocateProducerIds = betweenBrokers(
  AllocateProducerIds,
  { from: 0, to: 0 },
  async (broker, request, context) => {
    const none = { producerIdStart: 0, producerIdLen: 0 };
    if (!context.authorize("ClusterAction", "Cluster", clusterResource)) {
      return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code, ...none };
    }
    const outcome = await broker.controller.callHere("allocateProducerIds", request);
    return "reply" in outcome ? outcome.reply : { errorCode: outcome.errorCode, ...none };
  },
);
