/**
 * Envelope: a client's request that a broker forwards to the controller, with who the client is and where (KIP-590).
 *
 * 0  the first
 */
import { bytes, int16 } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const Envelope = api({
  key: 58,
  name: "Envelope",
  versions: "0",
  flexible: "0+",
  request: {
    /** Header and body of the request, as they follow the size of a frame. */
    requestData: bytes(),
    requestPrincipal: bytes({ nullable: "0+" }),
    /** The four or sixteen bytes of an IP address. */
    clientHostAddress: bytes(),
  },
  response: {
    responseData: bytes({ nullable: "0+", default: null }),
    errorCode: int16(),
  },
});
