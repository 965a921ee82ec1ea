import net from "node:net";
import { expect, test } from "vitest";
import { accepted } from "./static-reads.js";

test("where Node's inner parts are not what we know, bytes still arrive: by copying", () => {
  const withoutHandle = new net.Socket();
  const { socket, startReading } = accepted(withoutHandle);
  expect(socket).toBe(withoutHandle);
  const buffer = Buffer.alloc(4);
  const arrived: string[] = [];
  startReading({ into: () => buffer, on: (bytes) => arrived.push(buffer.toString("latin1", 0, bytes)) });
  socket.emit("data", Buffer.from("ten bytes!"));
  expect(arrived).toEqual(["ten ", "byte", "s!"]);
});
