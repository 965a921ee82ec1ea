import { DeleteAcls } from "../../protocol/messages/31-delete-acls.js";
import { refuseUnknownCodes } from "../administration/acl-codes.js";
import { noAuthorizer } from "../administration/no-authorizer.js";
import { handler } from "../handler.js";

/** DeleteAcls: without an authorizer there are none to match. */
export const deleteAcls = handler(DeleteAcls, { from: 0, to: 3 }, (_broker, { filters }, context) => {
  const codes = filters.map((one) => [
    one.resourceTypeFilter,
    one.patternTypeFilter,
    one.operation,
    one.permissionType,
  ]);
  const refusal = refuseUnknownCodes(codes.flat());
  if (refusal !== null) return refusal;
  const refused = { ...noAuthorizer(context, "Alter", "No Authorizer is configured."), matchingAcls: [] };
  return { filterResults: filters.map(() => refused) };
});
