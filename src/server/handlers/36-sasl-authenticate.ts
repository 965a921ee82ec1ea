import { errors } from "../../protocol/errors.js";
import { SaslAuthenticate } from "../../protocol/messages/36-sasl-authenticate.js";
import { handler } from "../handler.js";

/** SaslAuthenticate: no listener asks for a login, so whoever sends one comes at the wrong time. */
export const saslAuthenticate = handler(SaslAuthenticate, { from: 0, to: 2 }, () => ({
  errorCode: errors.ILLEGAL_SASL_STATE.code,
  errorMessage: "SaslAuthenticate request received after successful authentication",
  authBytes: new Uint8Array(),
}));
