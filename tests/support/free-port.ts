/** A TCP port of 127.0.0.1 that nobody listens on right now, for programs that cannot be told port 0. */
import { createServer } from "node:net";

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") {
        reject(new Error("a TCP server has an address"));
        return;
      }
      server.close(() => resolve(address.port));
    });
  });
}
