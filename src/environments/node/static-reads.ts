/**
 * Reading from a socket into buffers of ours. Node can read into a given buffer (`onread`), which saves nearly half of
 * the CPU of a busy connection, but offers it for outgoing sockets only. For accepted ones, and to name the buffer
 * after the socket was made, this file uses parts of Node that are not documented; all of them are in here. Where one
 * is missing, reading falls back to `data` events and a copy.
 */
import net from "node:net";

/** Where a socket's bytes go: `into` gives the next buffer, `on` is told how many bytes came in it. */
export interface Reader {
  into(): Uint8Array;
  on(bytes: number): void;
}

/** The undocumented half of a socket: the handle beneath it. */
interface Handle {
  useUserBuffer(buffer: Uint8Array): void;
}

export type StartReading = (reader: Reader) => void;

/** A socket for a connection that was accepted with `pauseOnConnect`. Reading starts when told to. */
export function accepted(raw: net.Socket): { socket: net.Socket; startReading: StartReading } {
  const handle = handleOf(raw);
  if (handle === null) return { socket: raw, startReading: (reader) => copyReads(raw, reader) };
  const reads = new StaticReads();
  const undocumented = { handle, onread: reads.onread, pauseOnCreate: true };
  const socket = new net.Socket({ ...undocumented, allowHalfOpen: false });
  // The handle now has another owner; the server need not count the empty shell.
  Object.assign(raw, { _handle: null });
  raw.destroy();
  return { socket, startReading: (reader) => reads.start(socket, reader) };
}

/** A socket for a connection to be made. Reading starts when told to, before or after it stands. */
export function connecting(to: { host: string; port: number }): { socket: net.Socket; startReading: StartReading } {
  const reads = new StaticReads();
  const socket = net.connect({ ...to, onread: reads.onread });
  socket.pause();
  if (handleOf(socket) !== null) return { socket, startReading: (reader) => reads.start(socket, reader) };
  socket.destroy();
  const ordinary = net.connect(to);
  ordinary.pause();
  return { socket: ordinary, startReading: (reader) => copyReads(ordinary, reader) };
}

class StaticReads {
  #reader: Reader | null = null;
  /** Given to Node and not filled yet. */
  #buffer: Uint8Array | null = null;

  /** Node asks for a buffer when it makes a handle and after each read; before `start` there is none to give. */
  readonly onread = {
    buffer: (): Uint8Array => this.#next() ?? new Uint8Array(0),
    callback: (bytes: number): boolean => {
      this.#buffer = null;
      this.#reader?.on(bytes);
      return true;
    },
  };

  start(socket: net.Socket, reader: Reader): void {
    this.#reader = reader;
    const buffer = this.#next();
    const handle = handleOf(socket);
    if (handle !== null && buffer !== null) handle.useUserBuffer(buffer);
    socket.resume();
  }

  #next(): Uint8Array | null {
    this.#buffer ??= this.#reader?.into() ?? null;
    return this.#buffer;
  }
}

/** The ordinary way: Node allocates every chunk, and we copy it. */
function copyReads(socket: net.Socket, reader: Reader): void {
  socket.on("data", (chunk: Buffer) => {
    for (let done = 0; done < chunk.length; ) {
      const into = reader.into();
      const count = chunk.copy(into, 0, done, done + into.length);
      done += count;
      reader.on(count);
    }
  });
  socket.resume();
}

function handleOf(socket: net.Socket): Handle | null {
  const handle: unknown = "_handle" in socket ? socket._handle : null;
  return isHandle(handle) ? handle : null;
}

function isHandle(value: unknown): value is Handle {
  return typeof value === "object" && value !== null && "useUserBuffer" in value;
}
