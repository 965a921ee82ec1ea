/** What AddRaftVoter and RemoveRaftVoter have in common: the voters are those with which the cluster was made. */
import type { Broker } from "../../broker/broker.js";
import { type ErrorName, errors } from "../../protocol/errors.js";
import { ZERO_UUID } from "../../protocol/schema/defaults.js";
import { clusterResource } from "../../security/authorizer.js";
import type { RequestContext } from "../context.js";

interface Voter {
  readonly clusterId: string | null;
  readonly voterId: number;
  readonly voterDirectoryId: string;
}

interface Refusal {
  readonly errorCode: number;
  readonly errorMessage: string;
}

export function refusal(error: ErrorName, errorMessage: string): Refusal {
  return { errorCode: errors[error].code, errorMessage };
}

/** Who asks, and for which voter of which cluster; null: there is nothing to say against it so far. */
export function refuseVoter(
  broker: Broker,
  context: RequestContext,
  { clusterId, voterId, voterDirectoryId }: Voter,
  change: "Add" | "Remove",
): Refusal | null {
  if (!context.authorize("Alter", "Cluster", clusterResource)) {
    return refusal("CLUSTER_AUTHORIZATION_FAILED", "Cluster authorization failed.");
  }
  if (clusterId !== null && clusterId !== broker.clusterId) {
    const message = `The given id "${clusterId}" doesn't match the cluster id "${broker.clusterId}"`;
    return refusal("INCONSISTENT_CLUSTER_ID", message);
  }
  if (voterId >= 0 && voterDirectoryId !== ZERO_UUID) return null;
  return refusal("INVALID_REQUEST", `${change} voter request didn't include a valid voter`);
}
