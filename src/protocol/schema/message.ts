import type { Decoded, Encodable, Fields } from "./fields.js";

/** One struct with versions of its own: half of an API, a metadata record, the key or the value of a coordinator record. */
export interface Message<F extends Fields = Fields> {
  readonly name: string;
  /** Such as `"0-11"`. */
  readonly versions: string;
  /** The versions with compact lengths and tagged fields (KIP-482), such as `"6+"` or `"none"`. */
  readonly flexible: string;
  /**
   * An encoder leaves out silently what the version has no place for. So for responses, whose handlers know of no
   * versions; in any other message it is a bug, and the encoder throws.
   */
  readonly dropsUnplaced?: true;
  readonly fields: F;
}

/** What a decoder of this message yields. */
export type DecodedOf<M> = M extends Message<infer F> ? Decoded<F> : never;
/** What an encoder of this message takes. */
export type EncodableOf<M> = M extends Message<infer F> ? Encodable<F> : never;

export function message<const F extends Fields>(declaration: Message<F>): Message<F> {
  return declaration;
}

/** One API of the protocol: a request and its response, which share key, versions and flexible versions. */
export interface Api<Req extends Fields = Fields, Res extends Fields = Fields> {
  readonly key: number;
  readonly name: string;
  readonly versions: string;
  readonly request: Message<Req>;
  readonly response: Message<Res>;
  /** The version of the response header that every response has, whatever its own (ApiVersions: always 0). */
  readonly responseHeaderVersion?: 0;
}

/** A request as handlers get it. */
export type RequestOf<A> = A extends Api<infer Req, infer _Res> ? Decoded<Req> : never;
/** A response as handlers give it. */
export type ResponseOf<A> = A extends Api<infer _Req, infer Res> ? Encodable<Res> : never;
/** A request as a client of the API gives it. */
export type RequestToSend<A> = A extends Api<infer Req, infer _Res> ? Encodable<Req> : never;
/** A response as a client of the API gets it. */
export type ResponseReceived<A> = A extends Api<infer _Req, infer Res> ? Decoded<Res> : never;

/**
 * Declares an API. `versions` are all that any client since 0.10 may send, also those that Apache Kafka 4 dropped;
 * which of them are served is the handler's word.
 */
export function api<const Req extends Fields, const Res extends Fields>(declaration: {
  readonly key: number;
  readonly name: string;
  readonly versions: string;
  readonly flexible: string;
  readonly responseHeaderVersion?: 0;
  readonly request: Req;
  readonly response: Res;
}): Api<Req, Res> {
  const { key, name, versions, flexible, request, response, ...rest } = declaration;
  return {
    key,
    name,
    versions,
    request: { name: `${name}Request`, versions, flexible, fields: request },
    response: { name: `${name}Response`, versions, flexible, dropsUnplaced: true, fields: response },
    ...rest,
  };
}
