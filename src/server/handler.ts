import type { Broker } from "../broker/broker.js";
import type { Api, RequestOf, ResponseOf } from "../protocol/schema/message.js";
import type { RequestContext } from "./context.js";

/** What a handler returns when the protocol wants no response: a Produce with acks=0. */
export const noAnswer: unique symbol = Symbol("no answer");

/** What a handler returns when the only way to tell the client is to close its connection. */
export class Closing {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

export function closing(why: string): Closing {
  return new Closing(why);
}

export type Answer<Response> = Response | typeof noAnswer | Closing;

/**
 * An answer, without the records in it: as much as the largest request by default (`socket.request.max.bytes`). Short names
 * that a request repeats make far more of it (ADR 29).
 */
export const ANSWER_BYTES_MAX = 100 * 1024 * 1024;

/** One API as this broker serves it. */
export interface Handler {
  readonly api: Api;
  /** The versions that are served and advertised: a part of what the API declares. */
  readonly versions: { readonly from: number; readonly to: number };
  /** Not advertised to clients: Apache Kafka serves it on the listener of its controllers, or not at all. */
  readonly isBetweenBrokers?: true;
  handle(broker: Broker, request: unknown, context: RequestContext): Answer<unknown> | Promise<Answer<unknown>>;
}

/** Whether that version of the API is served. */
export function serves({ versions }: Handler, apiVersion: number): boolean {
  return apiVersion >= versions.from && apiVersion <= versions.to;
}

type Handle<A> = (
  broker: Broker,
  request: RequestOf<A>,
  context: RequestContext,
) => Answer<ResponseOf<A>> | Promise<Answer<ResponseOf<A>>>;

/** Declares how one API is served. */
export function handler<A extends Api>(
  api: A,
  served: { readonly from: number; readonly to: number },
  handle: Handle<A>,
): Handler {
  return {
    api,
    versions: { from: served.from, to: served.to },
    handle: (broker, request, context) => handle(broker, request as RequestOf<A>, context),
  };
}

/** Declares how an API is served that only brokers use among themselves. */
export function betweenBrokers<A extends Api>(
  api: A,
  served: { readonly from: number; readonly to: number },
  handle: Handle<A>,
): Handler {
  return { ...handler(api, served, handle), isBetweenBrokers: true };
}
