import { errors } from "../../protocol/errors.js";
import { clusterResource } from "../../security/authorizer.js";
import type { RequestContext } from "../context.js";

/** What a broker without `authorizer.class.name` says of ACLs to those who might see or change them. */
export function noAuthorizer(context: RequestContext, operation: "Describe" | "Alter", errorMessage: string) {
  if (context.authorize(operation, "Cluster", clusterResource)) {
    return { errorCode: errors.SECURITY_DISABLED.code, errorMessage };
  }
  return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code, errorMessage: "Cluster authorization failed." };
}
