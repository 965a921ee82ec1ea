/**
 * Ports that nobody listens on, below those that the system gives to outgoing connections: whoever stops listening for a
 * while finds its port free again.
 */
import { createServer } from "node:net";

const [FIRST, BEHIND] = [23_000, 32_000];

export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  let port = FIRST + Math.floor(Math.random() * (BEHIND - FIRST));
  while (ports.length < count) {
    port = port + 1 < BEHIND ? port + 1 : FIRST;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
