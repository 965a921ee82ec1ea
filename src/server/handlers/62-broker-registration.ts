import { errors } from "../../protocol/errors.js";
import { BrokerRegistration } from "../../protocol/messages/62-broker-registration.js";
import { clusterResource } from "../../security/authorizer.js";
import { betweenBrokers } from "../handler.js";

/** BrokerRegistration: the controller takes a broker into the cluster (KIP-631). */
export const brokerRegistration = betweenBrokers(
  BrokerRegistration,
  { from: 0, to: 4 },
  async (broker, request, context) => {
    if (!context.authorize("ClusterAction", "Cluster", clusterResource)) {
      return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code };
    }
    const outcome = await broker.controller.callHere("registerBroker", request);
    return "reply" in outcome ? outcome.reply : { errorCode: outcome.errorCode };
  },
);
