import { errors } from "../../protocol/errors.js";
import { BrokerHeartbeat } from "../../protocol/messages/63-broker-heartbeat.js";
import { clusterResource } from "../../security/authorizer.js";
import { betweenBrokers } from "../handler.js";

/** BrokerHeartbeat: the controller hears that a broker lives, and says whether it may serve (KIP-631). */
export const brokerHeartbeat = betweenBrokers(BrokerHeartbeat, { from: 0, to: 2 }, async (broker, request, context) => {
  if (!context.authorize("ClusterAction", "Cluster", clusterResource)) {
    return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code, shouldShutDown: false };
  }
  const outcome = await broker.controller.callHere("brokerHeartbeat", request);
  return "reply" in outcome ? outcome.reply : { errorCode: outcome.errorCode, shouldShutDown: false };
});
