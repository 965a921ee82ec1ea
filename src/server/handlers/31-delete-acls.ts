import { DeleteAcls } from "../../protocol/messages/31-delete-acls.js";
import { handler } from "../handler.js";
import { noAuthorizer } from "../no-authorizer.js";

/** DeleteAcls: without an authorizer there are none to match. */
export const deleteAcls = handler(DeleteAcls, { from: 0, to: 3 }, (_broker, { filters }, context) => ({
  filterResults: filters.map(() => ({
    ...noAuthorizer(context, "Alter", "No Authorizer is configured."),
    matchingAcls: [],
  })),
}));
