/**
 * The headers in front of every request and response.
 *
 * Request: 0 had no client id and was used by ControlledShutdown 0 alone; 1 brings the client id; 2 adds tagged fields
 * and comes with flexible messages. The client id keeps its two-byte length in all versions, so that a broker can read
 * the header of an ApiVersions request of any version (KIP-511).
 * Response: 1 adds tagged fields.
 */
import { int16, int32, string } from "../schema/fields.js";
import { message } from "../schema/message.js";

export const RequestHeader = message({
  name: "RequestHeader",
  versions: "1-2",
  flexible: "2+",
  fields: {
    requestApiKey: int16(),
    requestApiVersion: int16(),
    correlationId: int32(),
    clientId: string({ versions: "1+", nullable: "1+", flexible: "none" }),
  },
});

export const ResponseHeader = message({
  name: "ResponseHeader",
  versions: "0-1",
  flexible: "1+",
  fields: {
    correlationId: int32(),
  },
});
