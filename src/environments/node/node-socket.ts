import type net from "node:net";
import type { Address, Socket } from "../../lib/environment.js";
import { CLOSE_FLUSH_MS_MAX, SEND_QUEUE_BYTES_MAX } from "../socket-limits.js";
import type { Reader, StartReading } from "./static-reads.js";

/** More than this does not wait for the end of the turn. */
const GATHERED_BYTES_MAX = 64 * 1024;

/**
 * A TCP connection. Its failures end in `onClose`, never in an exception. A reset is not seen while reading is paused,
 * until something is sent or reading goes on (Node does not watch a paused handle).
 */
export class NodeSocket implements Socket {
  readonly #socket: net.Socket;
  readonly #startReading: StartReading;
  readonly #remote: Address | null;
  #local: Address | null = null;
  /** What to run when the system has taken a send, oldest first. */
  readonly #notTaken: (() => void)[] = [];
  #isGathering = false;
  #queueIsFull = false;
  #onDrain: () => void = () => {};
  #onClose: (why: string) => void = () => {};
  #why = "closed by the peer";
  #ended: string | null = null;
  #closing = false;

  /** `remote` is given for a connection that does not stand yet. */
  constructor(socket: net.Socket, startReading: StartReading, remote: Address | null = null) {
    this.#socket = socket;
    this.#startReading = startReading;
    this.#remote = remote ?? addressOf(socket.remoteAddress, socket.remotePort);
    socket.setNoDelay(true);
    socket.setKeepAlive(true);
    socket.on("error", (error) => {
      this.#why = error.message;
    });
    socket.on("drain", () => {
      if (!this.#queueIsFull) return;
      this.#queueIsFull = false;
      this.#onDrain();
    });
    socket.on("close", () => this.#end());
  }

  get local(): Address {
    // Asked for once the connection stands; kept, since a closed socket has forgotten it.
    this.#local ??= addressOf(this.#socket.localAddress, this.#socket.localPort);
    return this.#local ?? unknownAddress;
  }

  get remote(): Address {
    return this.#remote ?? unknownAddress;
  }

  readonly serverName = null;

  receive(into: () => Uint8Array, on: (bytes: number) => void): void {
    const reader: Reader = {
      into,
      // A closing connection has said all it wants to: what still arrives is dropped.
      on: (bytes) => {
        if (!this.#closing) on(bytes);
      },
    };
    this.#startReading(reader);
  }

  send(chunks: readonly Uint8Array[], taken: () => void): boolean {
    const last = chunks.at(-1);
    if (last === undefined || this.#closing || !this.#socket.writable) {
      taken();
      return this.#ended === null;
    }
    this.#notTaken.push(taken);
    this.#gather();
    for (let index = 0; index < chunks.length - 1; index++) {
      const chunk = chunks[index];
      if (chunk !== undefined) this.#socket.write(chunk);
    }
    this.#socket.write(last, this.#oldestTaken);
    if (this.#socket.writableLength > GATHERED_BYTES_MAX) this.#letGo();
    this.#queueIsFull = this.#socket.writableLength > SEND_QUEUE_BYTES_MAX;
    return !this.#queueIsFull;
  }

  onDrain(run: () => void): void {
    this.#onDrain = run;
  }

  onClose(run: (why: string) => void): void {
    this.#onClose = run;
    if (this.#ended !== null) run(this.#ended);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#why = "closed by us";
    // Reading goes on so that the peer's end is seen, and so that unread bytes do not turn our end into a reset.
    this.#socket.resume();
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), CLOSE_FLUSH_MS_MAX).unref();
    this.#socket.once("close", () => clearTimeout(timer));
  }

  /** What is sent in one turn of the loop leaves together: a peer that has many requests under way costs one call for all. */
  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#socket.cork();
    setImmediate(this.#letGo);
  }

  readonly #letGo = (): void => {
    if (!this.#isGathering) return;
    this.#isGathering = false;
    this.#socket.uncork();
  };

  /** The system takes what it is given in order, so it is always the oldest. */
  readonly #oldestTaken = (): void => {
    this.#notTaken.shift()?.();
  };

  #end(): void {
    this.#ended = this.#why;
    for (const taken of this.#notTaken.splice(0)) taken();
    this.#onClose(this.#why);
  }
}

const unknownAddress: Address = { host: "", port: 0 };

/** An IPv4 peer of a dual-stack listener is given as IPv4, without `::ffff:`, as Java gives it. */
export function addressOf(host: string | undefined, port: number | undefined): Address | null {
  if (host === undefined || port === undefined) return null;
  return { host: host.startsWith("::ffff:") && host.includes(".") ? host.slice("::ffff:".length) : host, port };
}
