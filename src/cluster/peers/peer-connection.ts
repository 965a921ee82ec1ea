import type { Address, Cancellable, Environment, Socket } from "../../lib/environment.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { decodeResponse, encodeRequest } from "../../protocol/frames/frame.js";
import { type Frame, FrameCutter } from "../../protocol/frames/frame-cutter.js";
import type { FrameMemory } from "../../protocol/frames/frame-memory.js";
import { ApiVersions } from "../../protocol/messages/18-api-versions.js";
import type { Api, RequestToSend, ResponseReceived } from "../../protocol/schema/message.js";
import { parseVersions } from "../../protocol/schema/versions.js";
import { brokerSoftware } from "./broker-software.js";
import type { PeerOutcome } from "./peers.js";

export interface PeerConnectionOptions {
  readonly environment: Pick<Environment, "network" | "wire">;
  readonly to: Address;
  /** What this broker is called in the log of the other. */
  readonly clientId: string;
  /** Shared by all connections: what arrives in it is consumed before the next read. */
  readonly scratch: Buffer;
  readonly memory: FrameMemory;
  readonly answerBytesMax: number;
  /** Told once. `wasOpen`: the other broker had answered before. */
  readonly onClosed: (wasOpen: boolean, why: string) => void;
}

/** As Kafka's `socket.connection.setup.timeout.ms`: until the other broker has said which versions it knows. */
const SETUP_TIMEOUT_MS = 10_000;
/** Requests that may wait for their answers, or for the connection, at a time. */
const REQUESTS_MAX = 1_000;
/** Every broker understands this version of ApiVersions, and it says who asks. */
const GREETING_VERSION = 3;

type Ranges = ReadonlyMap<number, { readonly minVersion: number; readonly maxVersion: number }>;

/** One request on its way. */
interface Sent {
  readonly correlationId: number;
  readonly deadline: Cancellable;
  /** Takes the frame of the answer; tells whether it could be understood. */
  readonly answered: (frame: Frame) => boolean;
  readonly failed: (errorCode: ErrorCode) => void;
}

/** A request that waits for the greeting. */
interface Early {
  readonly send: () => void;
  readonly deadline: Cancellable;
}

/** One connection to another broker, from its beginning to its end: nothing is sent twice, and it does not come back. */
export class PeerConnection {
  readonly #options: PeerConnectionOptions;
  readonly #socket: Socket;
  readonly #cutter: FrameCutter;
  readonly #inFlight: Sent[] = [];
  /** What wants to be sent, until the other broker has said which versions it knows. */
  #early: Early[] = [];
  #ranges: Ranges | null = null;
  #nextCorrelationId = 0;
  #isClosed = false;

  constructor(options: PeerConnectionOptions) {
    const { environment, to, scratch, memory, answerBytesMax } = options;
    this.#options = options;
    this.#cutter = new FrameCutter({
      scratch,
      maxFrameBytes: answerBytesMax,
      memory,
      onFrame: (frame) => {
        memory.release(frame.reservedBytes);
        this.#answered(frame);
      },
      onGranted: () => {
        this.#socket.resume();
        this.#afterCut(this.#cutter.resume());
      },
    });
    this.#socket = environment.network.connect(to, null);
    this.#socket.onClose((why) => this.#closed(why));
    this.#socket.receive(
      () => this.#cutter.into(),
      (bytes) => {
        if (!this.#isClosed) this.#afterCut(this.#cutter.received(bytes));
      },
    );
    this.#greet();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** `deadlineMs` is on the wire clock. Whoever waits longer ends the connection: the answers come in order. */
  request<A extends Api>(
    api: A,
    request: RequestToSend<A>,
    deadlineMs: number,
  ): Promise<PeerOutcome<ResponseReceived<A>>> {
    if (this.#isClosed || this.#inFlight.length + this.#early.length >= REQUESTS_MAX) {
      return Promise.resolve({ errorCode: errors.NETWORK_EXCEPTION.code });
    }
    return new Promise((resolve, reject) => {
      const send = () => {
        if (this.#isClosed) return resolve({ errorCode: errors.NETWORK_EXCEPTION.code });
        const version = this.#versionOf(api);
        if (version === null) return resolve({ errorCode: errors.UNSUPPORTED_VERSION.code });
        try {
          this.#send(api, version, request, deadlineMs, resolve);
        } catch (error) {
          reject(error);
        }
      };
      if (this.#ranges === null) this.#waitForGreeting(send, deadlineMs, resolve);
      else send();
    });
  }

  /** The greeting has more time than some requests: a heartbeat must not wait for a broker that is silent. */
  #waitForGreeting(send: () => void, deadlineMs: number, settle: (outcome: { readonly errorCode: ErrorCode }) => void) {
    const timedOut = () => {
      this.#early = this.#early.filter((other) => other !== early);
      settle({ errorCode: errors.REQUEST_TIMED_OUT.code });
      this.close("no greeting in time");
    };
    const early: Early = { send, deadline: this.#options.environment.wire.at(deadlineMs, timedOut) };
    this.#early.push(early);
  }

  #sendEarly(): void {
    for (const { send, deadline } of this.#early.splice(0)) {
      deadline.cancel();
      send();
    }
  }

  close(why: string): void {
    this.#closed(why);
    this.#socket.close();
  }

  #greet(): void {
    const { wire } = this.#options.environment;
    const { name: clientSoftwareName, version: clientSoftwareVersion } = brokerSoftware;
    const greeting = { clientSoftwareName, clientSoftwareVersion };
    const deadlineMs = wire.monotonicMs() + SETUP_TIMEOUT_MS;
    this.#send(ApiVersions, GREETING_VERSION, greeting, deadlineMs, (outcome) => {
      if ("errorCode" in outcome) return;
      this.#ranges = new Map(outcome.response.apiKeys.map((range) => [range.apiKey, range]));
      this.#sendEarly();
    });
  }

  /** The newest that both brokers know; null when there is none. */
  #versionOf(api: Api): number | null {
    const theirs = this.#ranges?.get(api.key);
    if (theirs === undefined) return null;
    const ours = parseVersions(api.versions);
    const version = Math.min(ours.last, theirs.maxVersion);
    return version >= Math.max(ours.first, theirs.minVersion) ? version : null;
  }

  #send<A extends Api>(
    api: A,
    version: number,
    request: RequestToSend<A>,
    deadlineMs: number,
    settle: (outcome: PeerOutcome<ResponseReceived<A>>) => void,
  ): void {
    const { environment, clientId, memory } = this.#options;
    const correlationId = this.#nextCorrelationId++;
    const { chunks } = encodeRequest(api, version, correlationId, clientId, request);
    const sent: Sent = {
      correlationId,
      deadline: environment.wire.at(deadlineMs, () => this.#timedOut(sent, api)),
      failed: (errorCode) => settle({ errorCode }),
      answered: ({ bytes, reusable }) => {
        const decoded = decodeResponse(api, version, bytes);
        if (!decoded.ok || decoded.value.correlationId !== correlationId) return false;
        const release = () => void (reusable !== null && memory.buffers.release(reusable));
        settle({ response: decoded.value.body, release });
        return true;
      },
    };
    this.#inFlight.push(sent);
    this.#socket.send(chunks, () => {});
  }

  #timedOut(sent: Sent, { name }: Api): void {
    this.#inFlight.splice(this.#inFlight.indexOf(sent), 1);
    sent.failed(errors.REQUEST_TIMED_OUT.code);
    this.close(`no answer to ${name} in time`);
  }

  #afterCut(cut: ReturnType<FrameCutter["resume"]>): void {
    if (cut === "wait") this.#socket.pause();
    if (typeof cut === "object") this.close(`refused ${cut.refused}`);
  }

  #answered(frame: Frame): void {
    const sent = this.#inFlight.shift();
    sent?.deadline.cancel();
    if (sent?.answered(frame) === true) return;
    sent?.failed(errors.NETWORK_EXCEPTION.code);
    this.close("an answer that nobody can understand");
  }

  #closed(why: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cutter.close();
    for (const { deadline, failed } of this.#inFlight.splice(0)) {
      deadline.cancel();
      failed(errors.NETWORK_EXCEPTION.code);
    }
    this.#sendEarly();
    this.#options.onClosed(this.#ranges !== null, why);
  }
}
