/**
 * Writing to a socket past Node's stream, straight to its descriptor: that spares an object for each write and a tick behind
 * it. The descriptor is not documented; where there is none, as on Windows, nothing is written.
 */
import { writeSync, writevSync } from "node:fs";
import type net from "node:net";

/** How many of the bytes the system has taken: none while others wait in the stream. What is wrong, the stream will find. */
export function writtenAtOnce(socket: net.Socket, chunks: readonly Uint8Array[]): number {
  // A socket that is not writable may have lost its descriptor, and another one may have it.
  if (!socket.writable || socket.writableLength > 0) return 0;
  const descriptor = descriptorOf(socket);
  if (descriptor < 0) return 0;
  const [first] = chunks;
  try {
    return chunks.length === 1 && first !== undefined ? writeSync(descriptor, first) : writevSync(descriptor, chunks);
  } catch (error) {
    if (error instanceof Error && "syscall" in error) return 0;
    throw error;
  }
}

function descriptorOf(socket: net.Socket): number {
  const handle: unknown = "_handle" in socket ? socket._handle : null;
  const hasDescriptor = typeof handle === "object" && handle !== null && "fd" in handle;
  return hasDescriptor && typeof handle.fd === "number" ? handle.fd : -1;
}
