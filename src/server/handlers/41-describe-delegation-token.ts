import { errors } from "../../protocol/errors.js";
import { DescribeDelegationToken } from "../../protocol/messages/41-describe-delegation-token.js";
import { handler } from "../handler.js";

/** DescribeDelegationToken: nobody proved who they are, so nobody sees a token (see CreateDelegationToken). */
export const describeDelegationToken = handler(DescribeDelegationToken, { from: 0, to: 3 }, () => ({
  errorCode: errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED.code,
  tokens: [],
}));
