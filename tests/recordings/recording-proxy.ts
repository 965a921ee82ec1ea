/**
 * Stands between a client and a broker and writes down every frame of both directions, in the order in which they came
 * by. An answer is written down before the client has it, so whatever the client asks next stands behind it.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { FrameSplitter } from "./frame-splitter.js";

export interface SeenFrame {
  /** Counted from 0 in the order in which they were opened. */
  readonly connection: number;
  readonly direction: "request" | "answer";
  /** Without its size. */
  readonly bytes: Uint8Array;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export class RecordingProxy {
  readonly frames: SeenFrame[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #connections = 0;

  /** Listens on `port` of the loopback; the broker must advertise exactly that, or clients leave the proxy aside. */
  static async listen(port: number, broker: Endpoint): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(broker);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once("error", reject);
      proxy.#server.listen(port, "127.0.0.1", resolve);
    });
    return proxy;
  }

  private constructor(broker: Endpoint) {
    this.#server = createServer((client) => this.#join(client, broker));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket, { host, port }: Endpoint): void {
    const connection = this.#connections;
    this.#connections += 1;
    const broker = connect(port, host);
    this.#pass(client, broker, connection, "request");
    this.#pass(broker, client, connection, "answer");
  }

  #pass(from: Socket, to: Socket, connection: number, direction: SeenFrame["direction"]): void {
    const splitter = new FrameSplitter();
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on("data", (chunk) => {
      for (const bytes of splitter.split(chunk)) this.frames.push({ connection, direction, bytes });
      to.write(chunk);
    });
    // A reset is a way to close; `close` follows.
    from.on("error", () => {});
    from.on("close", () => {
      this.#sockets.delete(from);
      to.end();
    });
  }
}
