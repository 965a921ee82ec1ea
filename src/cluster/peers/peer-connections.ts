import type { Address, Environment } from "../../lib/environment.js";
import type { Logger } from "../../observability/logger.js";
import { errors } from "../../protocol/errors.js";
import { FrameMemory } from "../../protocol/frames/frame-memory.js";
import type { Api, RequestToSend, ResponseReceived } from "../../protocol/schema/message.js";
import { PeerConnection } from "./peer-connection.js";
import type { Lane, PeerCallOptions, PeerOutcome, Peers } from "./peers.js";

export interface PeerConnectionsOptions {
  readonly environment: Pick<Environment, "network" | "wire">;
  readonly logger: Logger;
  readonly nodeId: number;
  /** Where that broker listens for other brokers; null when nobody knows. */
  readonly addressOf: (brokerId: number) => Address | null;
  /** The largest answer. */
  readonly answerBytesMax: number;
}

const SCRATCH_BYTES = 64 * 1024;
/** As Kafka's `reconnect.backoff.ms` and `reconnect.backoff.max.ms`. */
const BACKOFF_MS = 50;
const BACKOFF_MS_MAX = 1_000;

/** The connections to the other brokers, one for each lane: made when they are needed, and made again when they break. */
export class PeerConnections implements Peers {
  readonly #options: PeerConnectionsOptions;
  /** Made with the first connection: one broker alone has none. */
  #scratch: Buffer | null = null;
  /** Only of answers that have begun to arrive: who gets one keeps it in memory of his own. */
  readonly #memory: FrameMemory;
  readonly #links = new Map<string, Link>();
  #isClosed = false;

  constructor(options: PeerConnectionsOptions) {
    this.#options = options;
    this.#memory = new FrameMemory(options.answerBytesMax);
  }

  async send<A extends Api>(
    brokerId: number,
    lane: Lane,
    api: A,
    request: RequestToSend<A>,
    { timeoutMs }: PeerCallOptions,
  ): Promise<PeerOutcome<ResponseReceived<A>>> {
    const { wire } = this.#options.environment;
    const deadlineMs = wire.monotonicMs() + timeoutMs;
    const link = this.#linkTo(brokerId, lane);
    const backoff = link.backoff();
    if (backoff !== null) await backoff;
    if (wire.monotonicMs() >= deadlineMs) return { errorCode: errors.REQUEST_TIMED_OUT.code };
    const address = this.#options.addressOf(brokerId);
    if (this.#isClosed || address === null) return { errorCode: errors.BROKER_NOT_AVAILABLE.code };
    return link.connectionTo(address).request(api, request, deadlineMs);
  }

  close(): void {
    this.#isClosed = true;
    for (const link of this.#links.values()) link.close();
  }

  #linkTo(brokerId: number, lane: Lane): Link {
    const key = `${brokerId} ${lane}`;
    const known = this.#links.get(key);
    if (known !== undefined) return known;
    const { environment, nodeId, logger, answerBytesMax } = this.#options;
    this.#scratch ??= Buffer.allocUnsafeSlow(SCRATCH_BYTES);
    const scratch = this.#scratch;
    const link = new Link(environment.wire, (to, onClosed) => {
      const log = (why: string) => logger.debug({ peer: brokerId, lane, to, why }, "connection to a broker closed");
      return new PeerConnection({
        ...{ environment, to, answerBytesMax, scratch },
        clientId: `broker-${nodeId}-${lane}`,
        memory: this.#memory,
        onClosed: (wasOpen, why) => {
          log(why);
          onClosed(wasOpen);
        },
      });
    });
    this.#links.set(key, link);
    return link;
  }
}

type Connect = (to: Address, onClosed: (wasOpen: boolean) => void) => PeerConnection;

/** One lane to one broker: at most one connection at a time, and a pause after one that broke. */
class Link {
  readonly #wire: Environment["wire"];
  readonly #connect: Connect;
  #current: { readonly connection: PeerConnection; readonly to: Address } | null = null;
  #nextBackoffMs = BACKOFF_MS;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(wire: Environment["wire"], connect: Connect) {
    this.#wire = wire;
    this.#connect = connect;
  }

  /** Settles when a new connection may be tried; null when there is no need to wait. */
  backoff(): Promise<void> | null {
    if (this.#current !== null || this.#wire.monotonicMs() >= this.#notBeforeMs) return null;
    return new Promise((resolve) => {
      this.#wire.at(this.#notBeforeMs, resolve);
    });
  }

  connectionTo(to: Address): PeerConnection {
    const current = this.#current;
    if (current !== null && current.to.host === to.host && current.to.port === to.port) return current.connection;
    current?.connection.close("the broker has another address now");
    const connection = this.#connect(to, (wasOpen) => this.#closed(connection, wasOpen));
    this.#current = { connection, to };
    return connection;
  }

  close(): void {
    this.#current?.connection.close("this broker stops");
  }

  #closed(connection: PeerConnection, wasOpen: boolean): void {
    if (this.#current?.connection !== connection) return;
    this.#current = null;
    if (wasOpen) this.#nextBackoffMs = BACKOFF_MS;
    this.#notBeforeMs = this.#wire.monotonicMs() + this.#nextBackoffMs;
    this.#nextBackoffMs = Math.min(this.#nextBackoffMs * 2, BACKOFF_MS_MAX);
  }
}
