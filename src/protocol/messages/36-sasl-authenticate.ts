/**
 * SaslAuthenticate: carries what a SASL mechanism says, in both directions.
 *
 * 0  the first (KIP-152)
 * 1  how long the login lasts (KIP-368)
 * 2  flexible
 */
import { bytes, int16, quantity, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const SaslAuthenticate = api({
  key: 36,
  name: "SaslAuthenticate",
  versions: "0-2",
  flexible: "2+",
  request: { authBytes: bytes() },
  response: {
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null }),
    authBytes: bytes(),
    sessionLifetimeMs: quantity({ versions: "1+", default: 0, ignorable: true }),
  },
});
