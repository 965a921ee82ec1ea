import type { BrokerImage } from "../../metadata/image/image.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { DescribeCluster } from "../../protocol/messages/60-describe-cluster.js";
import { clusterResource } from "../../security/authorizer.js";
import { authorizedOperations, NOT_ASKED } from "../authorized-operations.js";
import type { RequestContext } from "../context.js";
import { handler } from "../handler.js";

/** What the caller wants to know the addresses of (KIP-919). No listener here is a controller's. */
const endpointTypes = { broker: 1, controller: 2 } as const;

/** DescribeCluster: cluster id, controller and brokers. */
export const describeCluster = handler(DescribeCluster, { from: 0, to: 2 }, (broker, request, context) => {
  const { endpointType, includeClusterAuthorizedOperations, includeFencedBrokers } = request;
  if (endpointType === endpointTypes.controller) {
    const why = "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER";
    return failed(errors.MISMATCHED_ENDPOINT_TYPE.code, why);
  }
  if (endpointType !== endpointTypes.broker) {
    return failed(errors.UNSUPPORTED_ENDPOINT_TYPE.code, `Unsupported endpoint type ${endpointType}`);
  }
  const all = [...context.image.brokers.values()];
  return {
    errorCode: errors.NONE.code,
    endpointType,
    clusterId: broker.clusterId,
    // KIP-590: as in Metadata, whoever is asked takes what is for the controller.
    controllerId: broker.nodeId,
    brokers: all.filter(({ fenced }) => includeFencedBrokers || !fenced).flatMap((one) => describe(one, context)),
    clusterAuthorizedOperations: includeClusterAuthorizedOperations ? operations(context) : NOT_ASKED,
  };
});

/** Leaves out a broker that has no listener of the name through which the caller came in. */
function describe({ id, rack, fenced, endpoints }: BrokerImage, context: RequestContext) {
  const registered = endpoints.find(({ name }) => name === context.connection.listener);
  // Nobody should connect to a fenced broker, so there is no way to it; who asks sees what it registered.
  const address = fenced ? registered : context.endpointOf(id);
  if (address === null || address === undefined) return [];
  return [{ brokerId: id, host: address.host, port: address.port, rack, isFenced: fenced }];
}

function operations(context: RequestContext): number {
  const mayDescribe = context.authorize("Describe", "Cluster", clusterResource);
  return mayDescribe ? authorizedOperations(context, "Cluster", clusterResource) : 0;
}

function failed(errorCode: ErrorCode, errorMessage: string) {
  return { errorCode, errorMessage, clusterId: "", brokers: [] };
}
