/**
 * SaslHandshake: the client names the SASL mechanism that it wants.
 *
 * 0  the mechanism's tokens follow bare
 * 1  the tokens follow in SaslAuthenticate requests (KIP-152)
 *
 * Clients up to 2.4 do not negotiate it, so it stays at 1 and was never made flexible (KAFKA-9577).
 */
import { array, int16, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const SaslHandshake = api({
  key: 17,
  name: "SaslHandshake",
  versions: "0-1",
  flexible: "none",
  request: {
    mechanism: string(),
  },
  response: {
    errorCode: int16(),
    mechanisms: array(string()),
  },
});
