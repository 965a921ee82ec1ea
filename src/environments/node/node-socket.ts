import type net from "node:net";
import type { Address, Socket } from "../../lib/environment.js";
import { CLOSE_FLUSH_MS_MAX, SEND_QUEUE_BYTES_MAX } from "../socket-limits.js";
import { writtenAtOnce } from "./direct-writes.js";
import type { Gathering } from "./gathering.js";
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
  readonly #gathering: Gathering;
  /** Sent in this turn; leaves at its end. */
  #gathered: Send[] | null = null;
  #gatheredBytes = 0;
  /** What waits in Node's queue, oldest first. */
  readonly #queued: Send[] = [];
  #queueIsFull = false;
  #onDrain: () => void = () => {};
  #onClose: (why: string) => void = () => {};
  #why = "closed by the peer";
  #ended: string | null = null;
  #closing = false;

  /** `remote` is given for a connection that does not stand yet. */
  constructor(socket: net.Socket, startReading: StartReading, gathering: Gathering, remote: Address | null = null) {
    this.#socket = socket;
    this.#gathering = gathering;
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
    // Before Node's own listener, which ends our side as well.
    socket.prependListener("end", this.#letGo);
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
    if (chunks.length === 0 || this.#closing || !this.#socket.writable) {
      taken();
      return this.#ended === null;
    }
    if (this.#gathered === null) {
      this.#gathered = [{ chunks, taken }];
      this.#gathering.add(this.#letGo);
    } else {
      this.#gathered.push({ chunks, taken });
    }
    for (const chunk of chunks) this.#gatheredBytes += chunk.byteLength;
    if (this.#gatheredBytes > GATHERED_BYTES_MAX) this.#letGo();
    this.#queueIsFull = this.#gatheredBytes + this.#socket.writableLength > SEND_QUEUE_BYTES_MAX;
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
    this.#letGo();
    this.#closing = true;
    this.#why = "closed by us";
    // Reading goes on so that the peer's end is seen, and so that unread bytes do not turn our end into a reset.
    this.#socket.resume();
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), CLOSE_FLUSH_MS_MAX).unref();
    this.#socket.once("close", () => clearTimeout(timer));
  }

  /** What was sent in one turn of the loop leaves together: a peer with many requests under way costs one call for all. */
  readonly #letGo = (): void => {
    const [gathered, bytes] = [this.#gathered, this.#gatheredBytes];
    if (gathered === null) return;
    this.#gathered = null;
    this.#gatheredBytes = 0;
    const [first] = gathered;
    const chunks =
      gathered.length === 1 && first !== undefined ? first.chunks : gathered.flatMap((send) => send.chunks);
    const written = writtenAtOnce(this.#socket, chunks);
    if (written === bytes) for (const { taken } of gathered) taken();
    else this.#queue(gathered, written);
  };

  /** The system does not take all of it now: the rest waits in Node's own queue. */
  #queue(gathered: readonly Send[], written: number): void {
    let skip = written;
    this.#socket.cork();
    for (const send of gathered) {
      this.#queued.push(send);
      const last = send.chunks.length - 1;
      for (const [index, chunk] of send.chunks.entries()) {
        const rest = chunk.subarray(skip);
        skip -= chunk.byteLength - rest.byteLength;
        this.#socket.write(rest, index === last ? this.#oldestTaken : undefined);
      }
    }
    this.#socket.uncork();
  }

  /** The system takes what it is given in order, so it is always the oldest. */
  readonly #oldestTaken = (): void => this.#queued.shift()?.taken();

  #end(): void {
    this.#ended = this.#why;
    const lost = [...this.#queued.splice(0), ...(this.#gathered ?? [])];
    this.#gathered = null;
    for (const { taken } of lost) taken();
    this.#onClose(this.#why);
  }
}

interface Send {
  readonly chunks: readonly Uint8Array[];
  /** Runs when the system has them. */
  readonly taken: () => void;
}

const unknownAddress: Address = { host: "", port: 0 };

/** An IPv4 peer of a dual-stack listener is given as IPv4, without `::ffff:`, as Java gives it. */
export function addressOf(host: string | undefined, port: number | undefined): Address | null {
  if (host === undefined || port === undefined) return null;
  return { host: host.startsWith("::ffff:") && host.includes(".") ? host.slice("::ffff:".length) : host, port };
}
