import { errors } from "../../protocol/errors.js";
import { RenewDelegationToken } from "../../protocol/messages/39-renew-delegation-token.js";
import { handler } from "../handler.js";

/** RenewDelegationToken: nobody proved who they are, so nobody has a token (see CreateDelegationToken). */
export const renewDelegationToken = handler(RenewDelegationToken, { from: 0, to: 2 }, () => ({
  errorCode: errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED.code,
  expiryTimestampMs: -1,
}));
