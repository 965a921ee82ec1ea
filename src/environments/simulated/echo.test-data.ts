/** A server that sends everything back, and what its clients need. */
import type { Address, Environment, Socket } from "../../lib/environment.js";

export const limits = { eventsMax: 500_000, virtualMsMax: 600_000 };
export const nothing = (): void => {};
export const bytesOf = (text: string): Uint8Array => Buffer.from(text, "latin1");

/** Sends everything back, in the pieces in which it came. */
export async function startEcho(environment: Environment): Promise<Address> {
  const { address } = await environment.network.listen({ host: "0.0.0.0", port: 9092 }, null, (socket) => {
    const buffer = Buffer.alloc(1_000);
    socket.receive(
      () => buffer,
      (bytes) => void socket.send([Buffer.from(buffer.subarray(0, bytes))], nothing),
    );
  });
  return address;
}

/** Everything that arrives, and a promise for so many bytes of it. */
export function collect(socket: Socket): { text(): string; until(bytes: number): Promise<string> } {
  const buffer = Buffer.alloc(1_000);
  let text = "";
  let wake = nothing;
  socket.receive(
    () => buffer,
    (bytes) => {
      text += buffer.toString("latin1", 0, bytes);
      wake();
    },
  );
  const until = async (bytes: number): Promise<string> => {
    while (text.length < bytes) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return text;
  };
  return { text: () => text, until };
}

export const closed = (socket: Socket): Promise<string> => new Promise((resolve) => socket.onClose(resolve));
