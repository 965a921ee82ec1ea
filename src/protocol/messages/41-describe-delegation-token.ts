/**
 * DescribeDelegationToken: the tokens that the caller may see.
 *
 * 0  the first (KIP-48)
 * 1  the throttle is the client's to keep after the answer (KIP-219)
 * 2  flexible
 * 3  response: who asked for the token (KIP-373)
 *
 * Apache Kafka 4 serves 1 and later.
 */
import { array, bytes, int16, int32, string, timestamp } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const DescribeDelegationToken = api({
  key: 41,
  name: "DescribeDelegationToken",
  versions: "0-3",
  flexible: "2+",
  request: { owners: array({ principalType: string(), principalName: string() }, { nullable: "0+" }) },
  response: {
    errorCode: int16(),
    tokens: array({
      principalType: string(),
      principalName: string(),
      tokenRequesterPrincipalType: string({ versions: "3+" }),
      tokenRequesterPrincipalName: string({ versions: "3+" }),
      issueTimestamp: timestamp(),
      expiryTimestamp: timestamp(),
      maxTimestamp: timestamp(),
      tokenId: string(),
      hmac: bytes(),
      renewers: array({ principalType: string(), principalName: string() }),
    }),
    throttleTimeMs: int32({ default: 0 }),
  },
});
