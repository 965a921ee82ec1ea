import { errors } from "../../protocol/errors.js";
import { SaslHandshake } from "../../protocol/messages/17-sasl-handshake.js";
import { handler } from "../handler.js";

/** SaslHandshake: no listener speaks SASL yet, and on any other one it is out of place. */
export const saslHandshake = handler(SaslHandshake, { from: 0, to: 1 }, () => {
  return { errorCode: errors.ILLEGAL_SASL_STATE.code, mechanisms: [] };
});
