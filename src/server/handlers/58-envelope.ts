import type { Broker } from "../../broker/broker.js";
import { isForwarded } from "../../broker/controlling/controller-apis.js";
import { forwardedClient } from "../../broker/controlling/forwarding.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { encodeResponseWithin } from "../../protocol/frames/frame.js";
import { decodeRequestFrame, type RequestHeader } from "../../protocol/frames/header.js";
import { Envelope } from "../../protocol/messages/58-envelope.js";
import { decodeRequest } from "../../protocol/schema/codec.js";
import type { RequestOf, ResponseOf } from "../../protocol/schema/message.js";
import { clusterResource } from "../../security/authorizer.js";
import type { RequestContext } from "../context.js";
import { forwardedContext } from "../forwarded-context.js";
import { ANSWER_BYTES_MAX, betweenBrokers, Closing, type Handler, noAnswer, serves } from "../handler.js";

const FRAME_SIZE_BYTES = 4;

/** Envelope: the request of a client of another broker is served as if the client had sent it here (KIP-590). */
export function envelope(handlerFor: (apiKey: number) => Handler | undefined): Handler {
  return betweenBrokers(Envelope, { from: 0, to: 0 }, async (broker, request, context) => {
    if (!context.authorize("ClusterAction", "Cluster", clusterResource)) {
      return failed(errors.CLUSTER_AUTHORIZATION_FAILED.code);
    }
    if (broker.controller.controllerId !== broker.nodeId) return failed(errors.NOT_CONTROLLER.code);
    const client = forwardedClient(request);
    if ("errorCode" in client) return failed(client.errorCode);
    const inside = open(request, handlerFor);
    if ("errorCode" in inside) return failed(inside.errorCode);
    return serve(broker, forwardedContext(broker, context, client, inside.header), inside);
  });
}

interface Inside {
  readonly header: RequestHeader;
  readonly handler: Handler;
  readonly request: unknown;
}

function open(
  { requestData }: RequestOf<typeof Envelope>,
  handlerFor: (apiKey: number) => Handler | undefined,
): Inside | { readonly errorCode: ErrorCode } {
  const framed = decodeRequestFrame(requestData);
  if (!framed.ok) return { errorCode: errors.INVALID_REQUEST.code };
  const { header, body } = framed.value;
  const handler = isForwarded(header.apiKey) ? handlerFor(header.apiKey) : undefined;
  if (handler === undefined) return { errorCode: errors.INVALID_REQUEST.code };
  if (!serves(handler, header.apiVersion)) return { errorCode: errors.UNSUPPORTED_VERSION.code };
  const request = decodeRequest(handler.api.request, header.apiVersion, body);
  return request.ok ? { header, handler, request: request.value } : { errorCode: errors.INVALID_REQUEST.code };
}

async function serve(
  broker: Broker,
  context: RequestContext,
  { header, handler, request }: Inside,
): Promise<ResponseOf<typeof Envelope>> {
  const answer = await handler.handle(broker, request, context);
  if (answer === noAnswer || answer instanceof Closing) return failed(errors.INVALID_REQUEST.code);
  if (tells(answer, errors.NOT_CONTROLLER.code)) return failed(errors.NOT_CONTROLLER.code);
  const body = answer as ResponseOf<Handler["api"]>;
  const frame = encodeResponseWithin(ANSWER_BYTES_MAX, handler.api, header.apiVersion, header.correlationId, body);
  if (frame === null) return failed(errors.INVALID_REQUEST.code);
  return { responseData: Buffer.concat(frame.chunks).subarray(FRAME_SIZE_BYTES), errorCode: errors.NONE.code };
}

/** Whether any part of an answer is this error. As in Apache Kafka, one NOT_CONTROLLER stands for all: it is asked elsewhere. */
function tells(answer: unknown, errorCode: ErrorCode): boolean {
  if (typeof answer !== "object" || answer === null) return false;
  return Object.entries(answer).some(([name, value]) =>
    name === "errorCode" ? value === errorCode : tells(value, errorCode),
  );
}

function failed(errorCode: number): ResponseOf<typeof Envelope> {
  return { responseData: null, errorCode };
}
