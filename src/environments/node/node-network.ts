import net from "node:net";
import type { Address, Listening, Network, Socket, TlsOptions } from "../../lib/environment.js";
import { NetworkError } from "../../lib/environment.js";
import { Gathering } from "./gathering.js";
import { addressOf, NodeSocket } from "./node-socket.js";
import { accepted, connecting } from "./static-reads.js";

/** How many connections the system may hold for us before they are accepted; it may hold fewer. */
const BACKLOG_CONNECTIONS = 511;

/** TCP. */
export const nodeNetwork: Network = {
  async listen(at: Address, tls: TlsOptions | null, on: (socket: Socket) => void): Promise<Listening> {
    if (tls !== null) throw new NetworkError("ENOTSUP", "TLS listeners are not supported yet: use PLAINTEXT.");
    const gathering = new Gathering();
    const server = net.createServer({ pauseOnConnect: true }, (raw) => {
      const { socket, startReading } = accepted(raw);
      on(new NodeSocket(socket, startReading, gathering));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error) => reject(listenFailed(error, at)));
      server.listen({ host: at.host, port: at.port, backlog: BACKLOG_CONNECTIONS }, resolve);
    });
    // After it listens, an error is one failed accept (say, too many open files); the listener goes on.
    server.on("error", () => {});
    const bound = server.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : at.port;
    return { address: { host: at.host, port }, close: () => stopListening(server) };
  },

  connect(to: Address, tls: TlsOptions | null): Socket {
    if (tls !== null) throw new NetworkError("ENOTSUP", "TLS connections are not supported yet: use PLAINTEXT.");
    const { socket, startReading } = connecting(to);
    return new NodeSocket(socket, startReading, new Gathering(), addressOf(to.host, to.port));
  },
};

/** The port is free on the next turn; the server itself ends with its last connection, which is not waited for. */
function stopListening(server: net.Server): Promise<void> {
  server.close();
  return new Promise((resolve) => setImmediate(resolve));
}

function listenFailed(error: Error, { host, port }: Address): NetworkError {
  const code = "code" in error && typeof error.code === "string" ? error.code : "EUNKNOWN";
  const at = `${host}:${port}`;
  const sentences: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} is taken on ${host}: stop the program that listens there, or choose another port.`,
    EACCES: `No permission to listen on ${at}: ports below 1024 need privileges; choose a higher one.`,
    EADDRNOTAVAIL: `${host} is no address of this machine: listen on 0.0.0.0, 127.0.0.1 or one of its own.`,
    ENOTFOUND: `${host} is not known as a host name: listen on 0.0.0.0, 127.0.0.1 or a known name.`,
  };
  return new NetworkError(code, sentences[code] ?? `Cannot listen on ${at}: ${error.message}`);
}
