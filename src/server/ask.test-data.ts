/** For tests: sends a request to a handler as the wire brings it, and gives the answer as a client would read it. */
import type { Broker } from "../broker/broker.js";
import { invariant } from "../lib/invariant.js";
import { emptyImage } from "../metadata/image/empty.js";
import type { MetadataImage } from "../metadata/image/image.js";
import { broker1, partitionOfBroker1 } from "../metadata/image/image.test-data.js";
import { decode, encodeMessage } from "../protocol/schema/codec.js";
import type { Api, RequestToSend, ResponseOf, ResponseReceived } from "../protocol/schema/message.js";
import { anonymous } from "../security/principal.js";
import type { RequestContext } from "./context.js";
import { Closing, type Handler, noAnswer } from "./handler.js";

export interface Caller {
  /** The ports that the handler asks for. */
  readonly broker: Partial<Broker>;
  readonly image?: MetadataImage;
  /** On the wire clock; 0 if it is left out. */
  readonly arrivedMs?: number;
  /** Resources that the caller may not touch, as `Topic:orders`. */
  readonly forbidden?: readonly string[];
}

export async function ask<A extends Api>(
  handler: Handler,
  api: A,
  apiVersion: number,
  request: RequestToSend<A>,
  caller: Caller,
): Promise<ResponseReceived<A>> {
  invariant(handler.api.key === api.key, "the handler serves this API");
  const received = decode(api.request, apiVersion, encodeMessage(api.request, apiVersion, request));
  invariant(received.ok, "the request can be read");
  const answer = await handler.handle(caller.broker as Broker, received.value, contextOf(caller, apiVersion));
  invariant(answer !== noAnswer && !(answer instanceof Closing), "the request is answered");
  const response = decode(api.response, apiVersion, encodeMessage(api.response, apiVersion, answer as ResponseOf<A>));
  invariant(response.ok, "the response can be read");
  return response.value as ResponseReceived<A>;
}

function contextOf({ image = emptyImage, forbidden = [], arrivedMs = 0 }: Caller, apiVersion: number): RequestContext {
  return {
    connection: {
      id: 1,
      listener: "PLAINTEXT",
      principal: anonymous,
      local: { host: "127.0.0.1", port: 9092 },
      remote: { host: "127.0.0.1", port: 50_000 },
      serverName: null,
      software: null,
    },
    apiVersion,
    correlationId: 1,
    clientId: "test",
    isForwarded: false,
    arrivedMs,
    image,
    authorize: (_operation, type, name) => !forbidden.includes(`${type}:${name}`),
    endpointOf: () => ({ host: "127.0.0.1", port: 9092 }),
    throttle: () => {},
    onGone: () => {},
    onAnswered: () => {},
    appended: () => {},
  };
}

/** An image with broker 1, which leads all partitions of these topics. */
export function imageWith(partitionCounts: Readonly<Record<string, number>>): MetadataImage {
  const topics = Object.entries(partitionCounts).map(([name, count], i) => {
    const id = Buffer.alloc(16, i + 1).toString("base64url");
    return { name, id, partitions: Array.from({ length: count }, () => partitionOfBroker1) };
  });
  const endpoints = [{ name: "PLAINTEXT", host: "127.0.0.1", port: 9092, securityProtocol: 0 }];
  const broker = { ...broker1, endpoints };
  return {
    ...emptyImage,
    brokers: new Map([[1, broker]]),
    topicsByName: new Map(topics.map((topic) => [topic.name, topic])),
    topicsById: new Map(topics.map((topic) => [topic.id, topic])),
  };
}
