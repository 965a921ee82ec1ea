/** What AddRaftVoter and RemoveRaftVoter have in common: the voters are those with which the cluster was made. */
import type { Broker } from "../../broker/broker.js";
import { type ApiError, apiError } from "../../protocol/errors.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import { clusterResource } from "../../security/authorizer.js";
import type { RequestContext } from "../context.js";

interface Voter {
  readonly clusterId: string | null;
  readonly voterId: number;
  readonly voterDirectoryId: string;
}

/** Who asks, and for which voter of which cluster; null: there is nothing to say against it so far. */
export function refuseVoter(
  broker: Broker,
  context: RequestContext,
  { clusterId, voterId, voterDirectoryId }: Voter,
  change: "Add" | "Remove",
): ApiError | null {
  if (!context.authorize("Alter", "Cluster", clusterResource)) {
    return apiError("CLUSTER_AUTHORIZATION_FAILED", "Cluster authorization failed.");
  }
  if (clusterId !== null && clusterId !== broker.clusterId) {
    const message = `The given id "${clusterId}" doesn't match the cluster id "${broker.clusterId}"`;
    return apiError("INCONSISTENT_CLUSTER_ID", message);
  }
  if (voterId >= 0 && voterDirectoryId !== ZERO_UUID) return null;
  return apiError("INVALID_REQUEST", `${change} voter request didn't include a valid voter`);
}
