import { operationBit, operationsOf, type ResourceType } from "../security/authorizer.js";
import type { RequestContext } from "./context.js";

/** What `authorizedOperations` fields hold when the caller did not ask for them. */
export const NOT_ASKED = -2147483648;

/** The operations that the caller may do to a resource, as the bit field of KIP-430. */
export function authorizedOperations(context: RequestContext, type: ResourceType, name: string): number {
  let bits = 0;
  for (const operation of operationsOf[type]) {
    if (context.authorize(operation, type, name)) bits |= 1 << operationBit[operation];
  }
  return bits;
}
