/**
 * RenewDelegationToken: lets a token live longer.
 *
 * 0  the first (KIP-48)
 * 1  the throttle is the client's to keep after the answer (KIP-219)
 * 2  flexible
 *
 * Apache Kafka 4 serves 1 and later.
 */
import { bytes, int16, int32, quantity, timestamp } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const RenewDelegationToken = api({
  key: 39,
  name: "RenewDelegationToken",
  versions: "0-2",
  flexible: "2+",
  request: { hmac: bytes(), renewPeriodMs: quantity() },
  response: { errorCode: int16(), expiryTimestampMs: timestamp(), throttleTimeMs: int32({ default: 0 }) },
});
