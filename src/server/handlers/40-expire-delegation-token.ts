import { errors } from "../../protocol/errors.js";
import { ExpireDelegationToken } from "../../protocol/messages/40-expire-delegation-token.js";
import { handler } from "../handler.js";

/** ExpireDelegationToken: nobody proved who they are, so nobody has a token (see CreateDelegationToken). */
export const expireDelegationToken = handler(ExpireDelegationToken, { from: 0, to: 2 }, () => ({
  errorCode: errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED.code,
  expiryTimestampMs: -1,
}));
