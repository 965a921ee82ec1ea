import { DescribeAcls } from "../../protocol/messages/29-describe-acls.js";
import { refuseUnknownCodes } from "../administration/acl-codes.js";
import { noAuthorizer } from "../administration/no-authorizer.js";
import { handler } from "../handler.js";

/** DescribeAcls: without an authorizer there are none to tell of. */
export const describeAcls = handler(DescribeAcls, { from: 0, to: 3 }, (_broker, request, context) => {
  const { resourceTypeFilter, patternTypeFilter, operation, permissionType } = request;
  const refusal = refuseUnknownCodes([resourceTypeFilter, patternTypeFilter, operation, permissionType]);
  if (refusal !== null) return refusal;
  return { ...noAuthorizer(context, "Describe", "No Authorizer is configured on the broker"), resources: [] };
});
