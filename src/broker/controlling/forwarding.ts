/**
 * A client's request on its way to the controller, in an Envelope that says who the client is and where (KIP-590). The
 * controller answers as if the client had asked it.
 */
import ipaddr from "ipaddr.js";
import { errors } from "../../protocol/errors.js";
import { encodeRequest } from "../../protocol/frames/frame.js";
import { DefaultPrincipalData } from "../../protocol/messages/default-principal-data.js";
import { decode, encodeMessage } from "../../protocol/schema/codec.js";
import type { Api, RequestToSend } from "../../protocol/schema/message.js";
import { anonymous, type Principal } from "../../security/principal.js";
import { withoutMapping } from "../reach.js";

/** For whom the controller is asked; a `RequestContext` says as much. */
export interface Client {
  readonly connection: { readonly principal: Principal; readonly remote: { readonly host: string } };
  readonly clientId: string | null;
  readonly apiVersion: number;
}

/** What a broker asks on its own behalf, such as a topic that a client has only mentioned. */
const thisBroker: Omit<Client, "apiVersion"> = {
  connection: { principal: anonymous, remote: { host: "127.0.0.1" } },
  clientId: null,
};

/** An Envelope holds one request, so one correlation id will do. */
const CORRELATION_ID = 0;
const FRAME_SIZE_BYTES = 4;
const PRINCIPAL_VERSION = 0;
const PRINCIPAL_VERSION_BYTES = 2;

/** `apiVersion`: of the request inside. */
export function envelopeOf<A extends Api>(api: A, apiVersion: number, request: RequestToSend<A>, caller?: Client) {
  const { connection, clientId } = caller ?? thisBroker;
  const { chunks } = encodeRequest(api, apiVersion, CORRELATION_ID, clientId, request);
  return {
    requestData: Buffer.concat(chunks).subarray(FRAME_SIZE_BYTES),
    requestPrincipal: principalBytes(connection.principal),
    clientHostAddress: addressBytes(connection.remote.host),
  };
}

export interface ForwardedClient {
  readonly principal: Principal;
  readonly host: string;
}

/** Who stands behind an Envelope; an error code when that cannot be read. */
export function forwardedClient(envelope: {
  readonly requestPrincipal: Uint8Array | null;
  readonly clientHostAddress: Uint8Array;
}): ForwardedClient | { readonly errorCode: number } {
  const { requestPrincipal, clientHostAddress } = envelope;
  if (clientHostAddress.length !== 4 && clientHostAddress.length !== 16) {
    return { errorCode: errors.INVALID_REQUEST.code };
  }
  const principal = requestPrincipal === null ? anonymous : principalOf(requestPrincipal);
  if (principal === null) return { errorCode: errors.PRINCIPAL_DESERIALIZATION_FAILURE.code };
  return { principal, host: withoutMapping(ipaddr.fromByteArray([...clientHostAddress]).toString()) };
}

function principalBytes({ type, name }: Principal): Uint8Array {
  const version = Buffer.alloc(PRINCIPAL_VERSION_BYTES);
  version.writeInt16BE(PRINCIPAL_VERSION);
  const body = encodeMessage(DefaultPrincipalData, PRINCIPAL_VERSION, { type, name, tokenAuthenticated: false });
  return Buffer.concat([version, body]);
}

function principalOf(bytes: Uint8Array): Principal | null {
  const decoded = decode(DefaultPrincipalData, PRINCIPAL_VERSION, bytes.subarray(PRINCIPAL_VERSION_BYTES));
  return decoded.ok ? { type: decoded.value.type, name: decoded.value.name } : null;
}

/** A peer without an IP address, which only a network in memory has, is this machine. */
function addressBytes(host: string): Uint8Array {
  const known = withoutMapping(host);
  return Uint8Array.from(ipaddr.parse(ipaddr.isValid(known) ? known : "127.0.0.1").toByteArray());
}
