/** Whether consumer groups (KIP-848) are served: the cluster has finalized them, and the broker was not told otherwise. */
import type { Broker } from "../../broker/broker.js";
import type { RequestContext } from "../context.js";

const CONSUMER_GROUPS_SINCE = 1;

export function servesConsumerGroups({ config }: Broker, { image }: RequestContext): boolean {
  const isFinalized = (image.features.get("group.version") ?? 0) >= CONSUMER_GROUPS_SINCE;
  return isFinalized && config.groups.groupCoordinatorRebalanceProtocols.includes("consumer");
}
