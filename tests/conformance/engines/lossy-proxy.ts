/** A TCP proxy that loses answers, gives them late, or cuts its clients off for a while. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Address } from "../../../src/lib/environment.js";

/** So long after the request the connection ends: etcd has done it by then. */
const CUT_MS = 100;

export class LossyProxy {
  readonly #to: Address;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCutOff = false;
  /** The next request of so many bytes or more goes through, its answer does not. */
  #cutAtBytes = Number.POSITIVE_INFINITY;
  #cuts = 0;
  #delayMs = 0;

  private constructor(to: Address) {
    this.#to = to;
    this.#server = createServer((client) => this.#join(client));
  }

  static async start(to: Address, at: Address = { host: "127.0.0.1", port: 0 }): Promise<LossyProxy> {
    const proxy = new LossyProxy(to);
    await new Promise<void>((resolve) => proxy.#server.listen(at.port, at.host, resolve));
    return proxy;
  }

  get address(): Address {
    // A server that listens on TCP has an address of this kind.
    const { address: host, port } = this.#server.address() as AddressInfo;
    return { host, port };
  }

  /** How many answers were lost. */
  get cuts(): number {
    return this.#cuts;
  }

  loseNextAnswer(requestBytes: number): void {
    this.#cutAtBytes = requestBytes;
  }

  /** From now on every answer comes so much later. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Every connection breaks, and no new one comes about. */
  cutOff(): void {
    this.#isCutOff = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  joinUp(): void {
    this.#isCutOff = false;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(client: Socket): void {
    if (this.#isCutOff) {
      client.destroy();
      return;
    }
    const server = connect(this.#to.port, this.#to.host);
    const both = [client, server];
    let isCut = false;
    const end = () => {
      for (const socket of both) {
        socket.destroy();
        this.#sockets.delete(socket);
      }
    };
    for (const socket of both) {
      this.#sockets.add(socket);
      socket.on("error", end);
      socket.on("close", end);
    }
    client.on("data", (bytes) => {
      server.write(bytes);
      if (bytes.length < this.#cutAtBytes) return;
      this.#cutAtBytes = Number.POSITIVE_INFINITY;
      this.#cuts++;
      isCut = true;
      setTimeout(end, CUT_MS);
    });
    server.on("data", (bytes) => {
      if (isCut) return;
      if (this.#delayMs === 0) client.write(bytes);
      else setTimeout(() => client.write(bytes), this.#delayMs);
    });
  }
}
