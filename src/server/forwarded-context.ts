import type { Broker } from "../broker/broker.js";
import type { ForwardedClient } from "../broker/controlling/forwarding.js";
import type { RequestHeader } from "../protocol/frames/header.js";
import type { RequestContext } from "./context.js";

/**
 * The context of a request in an Envelope: who asks, and in which version, is what the Envelope says; for the connection,
 * it is the one over which the Envelope came. What is throttled or parked is the other broker.
 */
export function forwardedContext(
  broker: Broker,
  outer: RequestContext,
  { principal, host }: ForwardedClient,
  header: RequestHeader,
): RequestContext {
  const remote = { host, port: outer.connection.remote.port };
  return {
    connection: { ...outer.connection, principal, remote },
    apiVersion: header.apiVersion,
    correlationId: header.correlationId,
    clientId: header.clientId,
    isForwarded: true,
    arrivedMs: outer.arrivedMs,
    image: outer.image,
    authorize: (operation, type, name) => broker.authorizer(principal, host, operation, type, name),
    endpointOf: (brokerId) => outer.endpointOf(brokerId),
    throttle: (ms) => outer.throttle(ms),
    onGone: (run) => outer.onGone(run),
    onAnswered: (run) => outer.onAnswered(run),
    appended: () => outer.appended(),
  };
}
