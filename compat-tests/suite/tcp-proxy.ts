/**
 * A way to a broker that can be cut: a TCP proxy that the broker advertises as itself. Clients see their connections
 * reset, as when a network fails, and the broker sees its own closed.
 */
import { connect, createServer, type Server, type Socket } from "node:net";

export class TcpProxy {
  readonly port: number;
  /** Where the connections lead. */
  target = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on("connection", (client) => this.#carry(client));
  }

  static open(): Promise<TcpProxy> {
    const server = createServer({ noDelay: true });
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        if (address === null || typeof address === "string") throw new Error("a TCP server has an address");
        resolve(new TcpProxy(server, address.port));
      });
    });
  }

  dropConnections(): void {
    for (const socket of this.#sockets) reset(socket);
  }

  close(): void {
    this.#server.close();
    this.dropConnections();
  }

  #carry(client: Socket): void {
    const broker = connect({ port: this.target, host: "127.0.0.1", noDelay: true });
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => reset(other));
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}

function reset(socket: Socket): void {
  // One that is still connecting would wait for that first, perhaps for ever.
  if (socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}
