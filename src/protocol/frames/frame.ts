/** Whole requests and responses as they cross the wire: the size in four bytes, a header, a body. */
import { RequestHeader, ResponseHeader } from "../messages/headers.js";
import { readMessage, writeMessage } from "../schema/codec.js";
import type { Api, RequestToSend, ResponseOf, ResponseReceived } from "../schema/message.js";
import { TooManyBytesError } from "../wire/growing-chunks.js";
import type { Decoding } from "../wire/malformed.js";
import { decoding } from "../wire/malformed.js";
import { Reader } from "../wire/reader.js";
import { Writer } from "../wire/writer.js";
import { requestHeaderVersion, responseHeaderVersion } from "./header.js";

export interface EncodedFrame {
  /** In wire order, beginning with the size. Chunks of `records` fields are lent, not copied. */
  readonly chunks: readonly Uint8Array[];
  /** Of all chunks. */
  readonly byteLength: number;
}

export interface ReceivedResponse<Body> {
  readonly correlationId: number;
  readonly body: Body;
}

export function encodeResponse<A extends Api>(
  api: A,
  version: number,
  correlationId: number,
  body: ResponseOf<A>,
): EncodedFrame {
  return writeResponse(new Writer(), api, version, correlationId, body);
}

/** As `encodeResponse`; null if it would take more than `bytesMax`, not counting chunks that are lent. */
export function encodeResponseWithin<A extends Api>(
  bytesMax: number,
  api: A,
  version: number,
  correlationId: number,
  body: ResponseOf<A>,
): EncodedFrame | null {
  try {
    return writeResponse(new Writer(bytesMax), api, version, correlationId, body);
  } catch (error) {
    if (error instanceof TooManyBytesError) return null;
    throw error;
  }
}

function writeResponse<A extends Api>(
  writer: Writer,
  api: A,
  version: number,
  correlationId: number,
  body: ResponseOf<A>,
): EncodedFrame {
  writer.reserveSize();
  writeMessage(ResponseHeader, responseHeaderVersion(api, version), { correlationId }, writer);
  writeMessage(api.response, version, body, writer);
  return { chunks: writer.chunksWithSize(), byteLength: writer.byteLength };
}

export function encodeRequest<A extends Api>(
  api: A,
  version: number,
  correlationId: number,
  clientId: string | null,
  body: RequestToSend<A>,
): EncodedFrame {
  const writer = new Writer();
  writer.reserveSize();
  const header = { requestApiKey: api.key, requestApiVersion: version, correlationId, clientId };
  writeMessage(RequestHeader, requestHeaderVersion(api, version), header, writer);
  writeMessage(api.request, version, body, writer);
  return { chunks: writer.chunksWithSize(), byteLength: writer.byteLength };
}

/** `frame` is what follows the four bytes of the size; `version` that of the request. */
export function decodeResponse<A extends Api>(
  api: A,
  version: number,
  frame: Uint8Array,
): Decoding<ReceivedResponse<ResponseReceived<A>>> {
  return decoding(
    () => `${api.response.name} version ${version}`,
    () => {
      const reader = new Reader(frame);
      const { correlationId } = readMessage(ResponseHeader, responseHeaderVersion(api, version), reader);
      // `api.response` is the message from which `ResponseReceived<A>` is inferred.
      return { correlationId, body: readMessage(api.response, version, reader) as ResponseReceived<A> };
    },
  );
}
