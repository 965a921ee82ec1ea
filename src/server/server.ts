import type { Broker } from "../broker/broker.js";
import { withoutMapping } from "../broker/reach.js";
import type { Address, Environment, Listening, Socket } from "../lib/environment.js";
import type { Logger } from "../observability/logger.js";
import { FrameMemory } from "../protocol/frames/frame-memory.js";
import { anonymous } from "../security/principal.js";
import { Connection, type Exchange } from "./connection.js";
import { dispatch } from "./dispatch.js";

/** Read by all connections in turn; what arrives in it is consumed before the next read. */
const SCRATCH_BYTES = 64 * 1024;

export interface ServerLimits {
  /** `socket.request.max.bytes` */
  readonly maxFrameBytes: number;
  /** `samsa.request.memory.bytes`: large frames of all connections together. */
  readonly frameMemoryBytes: number;
  /** `connections.max.idle.ms` */
  readonly maxIdleMs: number;
  /** `max.connections` */
  readonly maxConnections: number;
  /** `max.connections.per.ip` */
  readonly maxConnectionsPerIp: number;
}

/**
 * The listeners of a broker and the connections that came through them. Ports are bound before the broker opens its data,
 * so that a taken port harms nothing; who connects early is served as soon as `serve` is called.
 */
export class Server {
  readonly #environment: Environment;
  readonly #logger: Logger;
  readonly #limits: ServerLimits;
  readonly #memory: FrameMemory;
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  readonly #listening = new Map<string, Listening>();
  readonly #connections = new Set<Connection>();
  readonly #connectionsByIp = new Map<string, number>();
  /** They came before the broker could serve. */
  readonly #early = new Set<Accepted>();
  #broker: Broker | null = null;
  #nextConnectionId = 1;
  #isClosed = false;

  constructor(options: { readonly environment: Environment; readonly logger: Logger; readonly limits: ServerLimits }) {
    this.#environment = options.environment;
    this.#logger = options.logger;
    this.#limits = options.limits;
    this.#memory = new FrameMemory(options.limits.frameMemoryBytes);
  }

  /** The real address of each listener, by its name. */
  get addresses(): ReadonlyMap<string, Address> {
    return new Map([...this.#listening].map(([name, listening]) => [name, listening.address]));
  }

  /** Binds one listener. Rejects with `NetworkError` when the address cannot be had. */
  async listen(name: string, at: Address): Promise<void> {
    const listening = await this.#environment.network.listen(at, null, (socket) => this.#accept(name, socket));
    this.#listening.set(name, listening);
  }

  /** Begins to answer, also those who connected before. */
  serve(broker: Broker): void {
    this.#broker = broker;
    for (const accepted of this.#early) this.#start(broker, accepted);
    this.#early.clear();
  }

  /** Stops accepting and closes every connection. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#listening.values()].map((listening) => listening.close()));
    for (const connection of [...this.#connections]) connection.close("the broker stops");
    for (const { socket } of this.#early) socket.close();
    this.#early.clear();
  }

  #accept(listener: string, socket: Socket): void {
    const ip = withoutMapping(socket.remote.host);
    const refusal = this.#refusal(ip);
    if (refusal !== null) {
      this.#logger.warn({ remote: socket.remote, listener }, `connection refused: ${refusal}`);
      socket.close();
      return;
    }
    this.#connectionsByIp.set(ip, (this.#connectionsByIp.get(ip) ?? 0) + 1);
    const accepted = { listener, ip, socket };
    if (this.#broker === null) this.#wait(accepted);
    else this.#start(this.#broker, accepted);
  }

  #wait(accepted: Accepted): void {
    this.#early.add(accepted);
    accepted.socket.onClose(() => {
      this.#early.delete(accepted);
      this.#leave(accepted.ip);
    });
  }

  #refusal(ip: string): string | null {
    // A running broker may be told other limits.
    const { maxConnections, maxConnectionsPerIp } = this.#broker?.config.network ?? this.#limits;
    const fromIp = this.#connectionsByIp.get(ip) ?? 0;
    if (this.#isClosed) return "the broker stops";
    if (this.#connections.size + this.#early.size >= maxConnections) {
      return `${maxConnections} connections are open (max.connections)`;
    }
    if (fromIp >= maxConnectionsPerIp) return `${fromIp} connections are open from ${ip} (max.connections.per.ip)`;
    return null;
  }

  #start(broker: Broker, { listener, ip, socket }: Accepted): void {
    const { local, remote, serverName } = socket;
    const id = this.#nextConnectionId++;
    const connection = new Connection({
      socket,
      facts: { id, listener, principal: anonymous, local, remote, serverName, software: null },
      wire: this.#environment.wire,
      scratch: this.#scratch,
      memory: this.#memory,
      maxFrameBytes: this.#limits.maxFrameBytes,
      maxIdleMs: this.#limits.maxIdleMs,
      serve: (exchange: Exchange, on: Connection) => dispatch(broker, exchange, on),
      onClosed: (closed, why) => {
        this.#forget(closed, ip, why);
        broker.clientTelemetry.disconnected(id);
      },
    });
    this.#connections.add(connection);
    connection.start();
  }

  #forget(connection: Connection, ip: string, why: string): void {
    this.#connections.delete(connection);
    this.#leave(ip);
    const { id, listener, remote, software } = connection.facts;
    this.#logger.debug({ connection: id, listener, remote, software, why }, "connection closed");
  }

  #leave(ip: string): void {
    const left = (this.#connectionsByIp.get(ip) ?? 1) - 1;
    if (left > 0) this.#connectionsByIp.set(ip, left);
    else this.#connectionsByIp.delete(ip);
  }
}

/** A connection that was let in. */
interface Accepted {
  readonly listener: string;
  readonly ip: string;
  readonly socket: Socket;
}
