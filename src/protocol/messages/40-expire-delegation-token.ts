/**
 * ExpireDelegationToken: ends the life of a token.
 *
 * 0  the first (KIP-48)
 * 1  the throttle is the client's to keep after the answer (KIP-219)
 * 2  flexible
 *
 * Apache Kafka 4 serves 1 and later.
 */
import { bytes, int16, int32, quantity, timestamp } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const ExpireDelegationToken = api({
  key: 40,
  name: "ExpireDelegationToken",
  versions: "0-2",
  flexible: "2+",
  request: { hmac: bytes(), expiryTimePeriodMs: quantity() },
  response: { errorCode: int16(), expiryTimestampMs: timestamp(), throttleTimeMs: int32({ default: 0 }) },
});
