import type { ControllerCall, ControllerTypes } from "../../cluster/controller/controller-types.js";
import { type Lane, type Peers, REQUEST_TIMEOUT_MS } from "../../cluster/peers/peers.js";
import type { CallOptions, Outcome } from "../../coordination/tickets.js";
import type { Clock } from "../../lib/environment.js";
import type { MayGo } from "../../lib/waiters.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { decodeResponse } from "../../protocol/frames/frame.js";
import { UpdateFeatures } from "../../protocol/messages/57-update-features.js";
import { Envelope } from "../../protocol/messages/58-envelope.js";
import type { Api, RequestToSend, ResponseReceived } from "../../protocol/schema/message.js";
import { parseVersions } from "../../protocol/schema/versions.js";
import { wayToController } from "./controller-apis.js";
import { type Client, envelopeOf } from "./forwarding.js";
import type { MetadataPlane } from "./metadata-plane.js";

export interface ControllerCallOptions extends CallOptions {
  /** The client for whom the controller is asked; not given where this broker asks for itself. */
  readonly caller?: Client & MayGo & { readonly isForwarded: boolean };
}

type Calls = ControllerTypes["Calls"];

/** An election lasts 5 seconds at most: who has found no controller for so long is told so. */
const PATIENCE_MS = 10_000;
/** Between two tries, unless another controller shows up before. */
const BACKOFF_MS = 100;
/** The controller keeps to the time that the request allows; only its answer needs longer. */
const ANSWER_TIMEOUT_MS = 1_000;

/**
 * Asks the controller, on whichever broker it is. While it moves from one to another, the caller waits: an answer may get
 * lost then, and what was asked is asked again, as Apache Kafka's brokers do.
 */
export class ControllerCalls {
  readonly #nodeId: number;
  readonly #plane: MetadataPlane;
  readonly #peers: Peers;
  readonly #wire: Clock;

  constructor(options: {
    readonly nodeId: number;
    readonly plane: MetadataPlane;
    readonly peers: Peers;
    readonly wire: Clock;
  }) {
    this.#nodeId = options.nodeId;
    this.#plane = options.plane;
    this.#peers = options.peers;
    this.#wire = options.wire;
  }

  /** The broker whose controller would be asked now; null while there is none. */
  get controllerId(): number | null {
    return this.#plane.leader?.brokerId ?? null;
  }

  /** Asks the controller of this broker only; NOT_CONTROLLER while it does not lead. */
  callHere<K extends ControllerCall>(
    name: K,
    request: Calls[K]["request"],
    options?: CallOptions,
  ): Promise<Outcome<Calls[K]["reply"]>> {
    return this.#plane.call(name, request, options);
  }

  /** What another broker has forwarded is not passed on: that broker asks the next controller itself, and may have done so. */
  async call<K extends ControllerCall>(
    name: K,
    request: Calls[K]["request"],
    options: ControllerCallOptions = {},
  ): Promise<Outcome<Calls[K]["reply"]>> {
    if (options.caller?.isForwarded === true) return this.callHere(name, request, options);
    const untilMs = this.#wire.monotonicMs() + Math.min(options.timeoutMs ?? PATIENCE_MS, PATIENCE_MS);
    let isGone = false;
    options.caller?.onGone(() => {
      isGone = true;
    });
    for (;;) {
      const askedId = this.controllerId;
      const outcome = await this.#ask(name, request, options);
      const isPassing = "errorCode" in outcome && passing.has(outcome.errorCode);
      const nowMs = this.#wire.monotonicMs();
      if (!isPassing || isGone || this.#plane.isClosed || nowMs >= untilMs) return outcome;
      const hasMoved = this.controllerId !== null && this.controllerId !== askedId;
      if (!hasMoved) await this.#plane.controllerMoved(Math.min(nowMs + BACKOFF_MS, untilMs));
    }
  }

  async #ask<K extends ControllerCall>(
    name: K,
    request: Calls[K]["request"],
    options: ControllerCallOptions,
  ): Promise<Outcome<Calls[K]["reply"]>> {
    const leaderId = this.controllerId;
    if (leaderId === null) return { errorCode: errors.NOT_CONTROLLER.code };
    if (leaderId === this.#nodeId) return this.#plane.call(name, request, options);
    const way = wayToController(name);
    // The table says of which API the request and the answer are; the compiler does not follow it through a generic name.
    const asked =
      way.kind === "forwarded"
        ? this.#forward(leaderId, way.api, request as never, options)
        : this.#send(leaderId, way, request as never, options);
    return (await this.#unlessMoved(leaderId, asked)) as Outcome<Calls[K]["reply"]>;
  }

  /** The answer of a broker that leads no more may never come: its process is stopped, say, or its network is cut. */
  #unlessMoved(leaderId: number, asked: Promise<Outcome<object>>): Promise<Outcome<object>> {
    return new Promise((resolve, reject) => {
      const stop = this.#plane.onControllerMoved(() => {
        if (this.controllerId !== leaderId) resolve({ errorCode: errors.NOT_CONTROLLER.code });
      });
      asked.then(resolve, reject).finally(stop);
    });
  }

  async #send(
    leaderId: number,
    { api, lane }: { readonly api: Api; readonly lane: Lane },
    request: RequestToSend<Api>,
    { timeoutMs = REQUEST_TIMEOUT_MS }: CallOptions,
  ): Promise<Outcome<object>> {
    const outcome = await this.#peers.send(leaderId, lane, api, request, { timeoutMs });
    return "response" in outcome ? unlessNotController(outcome.response) : outcome;
  }

  async #forward(
    leaderId: number,
    api: Api,
    request: RequestToSend<Api>,
    { caller, timeoutMs = REQUEST_TIMEOUT_MS }: ControllerCallOptions,
  ): Promise<Outcome<object>> {
    const version = forwardedVersion(api, caller);
    const envelope = envelopeOf(api, version, request, caller);
    const answered = await this.#peers.send(leaderId, "forwarding", Envelope, envelope, {
      timeoutMs: Math.max(timeoutMs + ANSWER_TIMEOUT_MS, REQUEST_TIMEOUT_MS),
    });
    return "response" in answered ? openAnswer(api, version, answered.response) : answered;
  }
}

/** These end by themselves, and an error of the transport says no more than that the controller may have gone. */
const passing: ReadonlySet<ErrorCode> = new Set([
  errors.NOT_CONTROLLER.code,
  errors.NETWORK_EXCEPTION.code,
  errors.BROKER_NOT_AVAILABLE.code,
]);

/**
 * The handlers bring requests into the form of the newest version, save that of UpdateFeatures: what version 0 says of
 * downgrades cannot be said in later ones.
 */
function forwardedVersion(api: Api, caller: Client | undefined): number {
  const newest = parseVersions(api.versions).last;
  return api.key === UpdateFeatures.key ? (caller?.apiVersion ?? newest) : newest;
}

function openAnswer(api: Api, version: number, envelope: ResponseReceived<typeof Envelope>): Outcome<object> {
  const { errorCode, responseData } = envelope;
  if (errorCode !== errors.NONE.code) return { errorCode: errorCode as ErrorCode };
  const decoded = responseData === null ? null : decodeResponse(api, version, responseData);
  return decoded?.ok === true
    ? unlessNotController(decoded.value.body)
    : { errorCode: errors.UNKNOWN_SERVER_ERROR.code };
}

/** Not every answer has an error for the whole of it. One that is NOT_CONTROLLER is no answer: the caller asks again. */
function unlessNotController(reply: object): Outcome<object> {
  const isOver = "errorCode" in reply && reply.errorCode === errors.NOT_CONTROLLER.code;
  return isOver ? { errorCode: errors.NOT_CONTROLLER.code } : { reply };
}
