import { CreateAcls } from "../../protocol/messages/30-create-acls.js";
import { refuseUnknownCodes } from "../administration/acl-codes.js";
import { noAuthorizer } from "../administration/no-authorizer.js";
import { handler } from "../handler.js";

/** CreateAcls: without an authorizer nobody would keep them. */
export const createAcls = handler(CreateAcls, { from: 0, to: 3 }, (_broker, { creations }, context) => {
  const codes = creations.map((one) => [one.resourceType, one.resourcePatternType, one.operation, one.permissionType]);
  const refusal = refuseUnknownCodes(codes.flat());
  if (refusal !== null) return refusal;
  return { results: creations.map(() => noAuthorizer(context, "Alter", "No Authorizer is configured.")) };
});
