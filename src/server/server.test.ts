import { beforeEach, describe, expect, test } from "vitest";
import { memoryEnvironment } from "../environments/memory/memory-environment.js";
import type { Network, Socket } from "../lib/environment.js";
import { silentLogger } from "../storage/storage.test-data.js";
import { Server, type ServerLimits } from "./server.js";

const limits: ServerLimits = {
  maxFrameBytes: 1 << 20,
  frameMemoryBytes: 1 << 20,
  maxIdleMs: 600_000,
  maxConnections: 3,
  maxConnectionsPerIp: 2,
};

let server: Server;
/** Somebody connects from there. `leave`: the client goes away. */
let connect: (host: string) => { readonly isClosed: () => boolean; readonly leave: () => void };

beforeEach(async () => {
  let accept: (socket: Socket) => void = () => {};
  const network: Network = {
    listen: async (address, _tls, on) => {
      accept = on;
      return { address, close: async () => {} };
    },
    connect: () => {
      throw new Error("nobody is called");
    },
  };
  server = new Server({ environment: { ...memoryEnvironment(), network }, logger: silentLogger, limits });
  await server.listen("PLAINTEXT", { host: "127.0.0.1", port: 9092 });
  connect = (host) => {
    let isClosed = false;
    let told: (why: string) => void = () => {};
    const socket: Socket = {
      local: { host: "127.0.0.1", port: 9092 },
      remote: { host, port: 50_000 },
      serverName: null,
      receive: () => {},
      send: () => true,
      onDrain: () => {},
      onClose: (run) => {
        told = run;
      },
      pause: () => {},
      resume: () => {},
      close: () => {
        isClosed = true;
        told("closed by us");
      },
    };
    accept(socket);
    return { isClosed: () => isClosed, leave: () => told("closed by the peer") };
  };
});

describe("clients that come before the broker serves", () => {
  test("have no more connections than others: max.connections.per.ip, max.connections", () => {
    const clients = ["10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.3"].map(connect);
    expect(clients.map(({ isClosed }) => isClosed())).toEqual([false, false, true, false, true]);
  });

  test("make room for others when they leave", () => {
    const [first] = ["10.0.0.1", "10.0.0.1"].map(connect);
    first?.leave();
    const clients = ["10.0.0.1", "10.0.0.1"].map(connect);
    expect(clients.map(({ isClosed }) => isClosed())).toEqual([false, true]);
  });

  test("are not left waiting by a broker that cannot start", async () => {
    const clients = ["10.0.0.1", "10.0.0.2"].map(connect);
    await server.close();
    expect(clients.map(({ isClosed }) => isClosed())).toEqual([true, true]);
  });
});
