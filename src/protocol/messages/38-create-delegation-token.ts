/**
 * CreateDelegationToken: a token with which others may act for a user.
 *
 * 0  the first (KIP-48)
 * 1  the throttle is the client's to keep after the answer (KIP-219)
 * 2  flexible
 * 3  an owner other than the caller (KIP-373)
 *
 * Apache Kafka 4 serves 1 and later.
 */
import { array, bytes, int16, int32, quantity, string, timestamp } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const CreateDelegationToken = api({
  key: 38,
  name: "CreateDelegationToken",
  versions: "0-3",
  flexible: "2+",
  request: {
    ownerPrincipalType: string({ versions: "3+", nullable: "3+" }),
    ownerPrincipalName: string({ versions: "3+", nullable: "3+" }),
    renewers: array({ principalType: string(), principalName: string() }),
    maxLifetimeMs: quantity(),
  },
  response: {
    errorCode: int16(),
    principalType: string(),
    principalName: string(),
    tokenRequesterPrincipalType: string({ versions: "3+" }),
    tokenRequesterPrincipalName: string({ versions: "3+" }),
    issueTimestampMs: timestamp(),
    expiryTimestampMs: timestamp(),
    maxTimestampMs: timestamp(),
    tokenId: string(),
    hmac: bytes(),
    throttleTimeMs: int32({ default: 0 }),
  },
});
