import type { Broker } from "../broker/broker.js";
import { errors } from "../protocol/errors.js";
import { encodeResponse, encodeResponseWithin } from "../protocol/frames/frame.js";
import { decodeRequestFrame, type RequestHeader } from "../protocol/frames/header.js";
import { ApiVersions } from "../protocol/messages/18-api-versions.js";
import { decodeRequest } from "../protocol/schema/codec.js";
import type { ResponseOf } from "../protocol/schema/message.js";
import { ClientContext } from "./client-context.js";
import type { Connection, Exchange, Served } from "./connection.js";
import { ANSWER_BYTES_MAX, type Answer, Closing, type Handler, noAnswer, serves } from "./handler.js";
import { apiRanges, forClients } from "./handlers/18-api-versions.js";
import { handlerFor, handlers } from "./handlers/index.js";

/**
 * The way of one request through the broker, a fixed row of steps: header, handler, body, answer. Whatever cannot be
 * understood closes its connection with a line in the log, as Apache Kafka does; only ApiVersions is always answered.
 */
export function dispatch(broker: Broker, exchange: Exchange, connection: Connection): void {
  const understood = understand(broker, exchange, connection);
  if ("kind" in understood) {
    settle(exchange, connection, understood);
    return;
  }
  const { joining } = broker;
  if (joining === null || mayComeEarly(understood.handler)) answer(broker, exchange, connection, understood);
  else void joining.then(() => answer(broker, exchange, connection, understood));
}

/** While the broker joins, it may have to decide for others already; what it would tell a client is not true yet. */
function mayComeEarly(handler: Handler): boolean {
  return handler.isBetweenBrokers === true || isApiVersions(handler);
}

function answer(broker: Broker, exchange: Exchange, connection: Connection, understood: Understood): void {
  if (connection.isClosed) return;
  const { handler, header, request } = understood;
  const context = new ClientContext(broker, exchange, connection, header);
  try {
    const body = handler.handle(broker, request, context);
    if (body instanceof Promise) answerLater(body, broker, exchange, connection, understood);
    else settle(exchange, connection, serve(broker, understood, exchange, body));
  } catch (error) {
    settle(exchange, connection, bug(broker, handler, header, error));
  }
}

function answerLater(
  later: Promise<Answer<unknown>>,
  broker: Broker,
  exchange: Exchange,
  connection: Connection,
  understood: Understood,
): void {
  const { handler, header } = understood;
  later
    .then((body) => settle(exchange, connection, serve(broker, understood, exchange, body)))
    .catch((error) => settle(exchange, connection, bug(broker, handler, header, error)));
}

function settle(exchange: Exchange, connection: Connection, served: Served): void {
  exchange.served = served;
  connection.settled();
}

/** What is asked for and who answers it; or what to do with a request that cannot be understood. */
function understand(broker: Broker, { frame }: Exchange, connection: Connection): Understood | Served {
  const framed = decodeRequestFrame(frame.bytes);
  if (!framed.ok) return close(framed.malformed);
  const { header, body } = framed.value;
  const handler = handlerFor(header.apiKey);
  if (handler === undefined || !isServedOn(handler, broker, connection)) return close(notServed(header, connection));
  if (!serves(handler, header.apiVersion)) {
    return isApiVersions(handler) ? ourVersions(header) : close(notServed(header, connection));
  }
  const request = decodeRequest(handler.api.request, header.apiVersion, body);
  return request.ok ? { handler, header, request: request.value } : close(request.malformed);
}

interface Understood {
  readonly handler: Handler;
  readonly header: RequestHeader;
  readonly request: unknown;
}

/** Apache Kafka has listeners of its own for what brokers ask controllers; here it is the one between brokers, if there are any. */
function isServedOn({ isBetweenBrokers }: Handler, { config, hasPeers }: Broker, { facts }: Connection): boolean {
  return isBetweenBrokers !== true || (hasPeers && facts.listener === config.listeners.interBrokerName);
}

function isApiVersions({ api }: Handler): boolean {
  return api.key === ApiVersions.key;
}

/** A client that is newer than this broker is told in the layout of version 0 which versions it may use. */
function ourVersions(header: RequestHeader): Served {
  const body = { errorCode: errors.UNSUPPORTED_VERSION.code, apiKeys: apiRanges(forClients(handlers)) };
  return { kind: "answer", chunks: encodeResponse(ApiVersions, 0, header.correlationId, body).chunks };
}

function serve(
  { logger }: Broker,
  { handler, header }: Understood,
  exchange: Exchange,
  answer: Answer<unknown>,
): Served {
  if (answer === noAnswer) return { kind: "none" };
  if (answer instanceof Closing) return close(answer.why);
  const body = answer as ResponseOf<Handler["api"]>;
  const throttled = exchange.throttleMs > 0 ? { ...body, throttleTimeMs: exchange.throttleMs } : body;
  const { apiVersion, correlationId, clientId } = header;
  const frame = encodeResponseWithin(ANSWER_BYTES_MAX, handler.api, apiVersion, correlationId, throttled);
  if (frame !== null) return { kind: "answer", chunks: frame.chunks };
  const { name } = handler.api;
  const why = `the answer to ${name} would be larger than ${ANSWER_BYTES_MAX} bytes; less must be asked for at once`;
  logger.warn({ api: name, apiVersion, clientId }, `connection closed: ${why}`);
  return close(why);
}

function close(why: string): Served {
  return { kind: "close", why };
}

function notServed({ apiKey, apiVersion, clientId }: RequestHeader, { facts }: Connection): string {
  const software = facts.software === null ? "unknown software" : `${facts.software.name} ${facts.software.version}`;
  return `client ${clientId ?? "without an id"} (${software}) sent API ${apiKey} version ${apiVersion}, which is not served`;
}

function bug(broker: Broker, { api }: Handler, { apiVersion, clientId }: RequestHeader, error: unknown): Served {
  broker.logger.error({ err: error, api: api.name, apiVersion, clientId }, "a request failed for a reason of ours");
  return close(`${api.name} version ${apiVersion} failed inside the broker`);
}
