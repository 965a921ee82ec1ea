/** How ACLs are spelled on the wire: each of their parts is a number, and 0 is none that anybody knows. */
import { type Closing, closing } from "../handler.js";

const UNKNOWN = 0;

/** Apache Kafka does not read a request with such a part: it closes the connection. Null: all are known. */
export function refuseUnknownCodes(codes: readonly number[]): Closing | null {
  return codes.includes(UNKNOWN) ? closing("a request about ACLs has an unknown part") : null;
}
