import { errors } from "../../protocol/errors.js";
import { CreateDelegationToken } from "../../protocol/messages/38-create-delegation-token.js";
import { handler } from "../handler.js";

/** Where a token would have its times. */
const NEVER = -1;

/**
 * CreateDelegationToken: tokens are for those who proved who they are (KIP-48). No listener asks for a proof yet, so
 * nobody may have one.
 */
export const createDelegationToken = handler(
  CreateDelegationToken,
  { from: 0, to: 3 },
  (_broker, { ownerPrincipalName, ownerPrincipalType }, { connection: { principal } }) => ({
    errorCode: errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED.code,
    principalType: ownerPrincipalType || principal.type,
    principalName: ownerPrincipalName || principal.name,
    tokenRequesterPrincipalType: principal.type,
    tokenRequesterPrincipalName: principal.name,
    issueTimestampMs: NEVER,
    expiryTimestampMs: NEVER,
    maxTimestampMs: NEVER,
    tokenId: "",
    hmac: new Uint8Array(),
  }),
);
