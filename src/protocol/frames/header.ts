/** The header in front of a request (who asks for what, in which version), and which header goes with which version. */
import { RequestHeader as Header } from "../messages/headers.js";
import { apiByKey } from "../messages/index.js";
import { readMessage } from "../schema/codec.js";
import type { Api } from "../schema/message.js";
import { includes, parseVersions } from "../schema/versions.js";
import type { Decoding } from "../wire/malformed.js";
import { decoding } from "../wire/malformed.js";
import { Reader } from "../wire/reader.js";

export interface RequestHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
}

export interface RequestFrame {
  readonly header: RequestHeader;
  /** Null when the key is not declared, or not at this version: then nobody knows how to read the body. */
  readonly api: Api | null;
  /** What follows the header, as a view of the frame. */
  readonly body: Uint8Array;
}

/** `frame` is what follows the four bytes of the size. */
export function decodeRequestFrame(frame: Uint8Array): Decoding<RequestFrame> {
  return decoding(
    () => "request header",
    () => {
      const reader = new Reader(frame);
      // Version 2 is version 1 with tagged fields behind it. So the header of an unknown request can be read as well.
      const { requestApiKey, requestApiVersion, correlationId, clientId } = readMessage(Header, 1, reader);
      const api = declared(requestApiKey, requestApiVersion);
      if (api !== null && requestHeaderVersion(api, requestApiVersion) === 2) reader.skipTaggedFields();
      const header = { apiKey: requestApiKey, apiVersion: requestApiVersion, correlationId, clientId };
      return { header, api, body: frame.subarray(reader.position) };
    },
  );
}

export function requestHeaderVersion(api: Api, version: number): 1 | 2 {
  return includes(parseVersions(api.request.flexible), version) ? 2 : 1;
}

export function responseHeaderVersion(api: Api, version: number): 0 | 1 {
  return api.responseHeaderVersion ?? (includes(parseVersions(api.response.flexible), version) ? 1 : 0);
}

function declared(apiKey: number, version: number): Api | null {
  const api = apiByKey.get(apiKey);
  return api !== undefined && includes(parseVersions(api.versions), version) ? api : null;
}
