import type { Address, Cancellable, Socket } from "../../lib/environment.js";
import { CLOSE_FLUSH_MS_MAX, SEND_QUEUE_BYTES_MAX } from "../socket-limits.js";
import type { Direction, Receiver, Sender } from "./direction.js";
import type { ProcessLoop } from "./event-loop.js";

/** What a buffer is filled with that the reader has given away: it may not rely on what was in it. */
const SCRIBBLE = 0xa5;

/** The two directions of a connection and its other end, as one end sees them. */
export interface Line {
  readonly outgoing: Direction;
  readonly incoming: Direction;
  readonly peer: SimulatedSocket;
}

/**
 * One end of a simulated connection. It behaves as Node's sockets were measured to: an end by the peer closes both
 * directions, a reset loses what was not read, and is not seen while reading is paused.
 */
export class SimulatedSocket implements Socket, Sender, Receiver {
  readonly local: Address;
  readonly remote: Address;
  readonly serverName = null;
  readonly #process: ProcessLoop;
  /** Else some time passes, so that a read may find what arrived at two times. */
  readonly #readsAtOnce: boolean;
  readonly #trace: (bytes: Uint8Array) => void;
  #line: Line | null = null;
  #reader: { into(): Uint8Array; on(bytes: number): void } | null = null;
  #buffer: Uint8Array | null = null;
  /** How much of a buffer was filled last. */
  #usedBytes = 0;
  #inbox: Uint8Array[] = [];
  #reading = false;
  #paused = false;
  #queueIsFull = false;
  #onDrain: () => void = () => {};
  #onClose: (why: string) => void = () => {};
  #why = "closed by the peer";
  #state: "open" | "closing" | "closed" = "open";
  #endArrived = false;
  #endSeen = false;
  #endSent = false;
  #resetArrived = false;
  #closeTimer: Cancellable | null = null;

  /** `trace` is shown everything that arrives. */
  constructor(
    process: ProcessLoop,
    [local, remote]: readonly [Address, Address],
    readsAtOnce: boolean,
    trace: (bytes: Uint8Array) => void,
  ) {
    this.#readsAtOnce = readsAtOnce;
    this.#process = process;
    this.local = local;
    this.remote = remote;
    this.#trace = trace;
  }

  /** Connects it; done once, by the network. */
  attach(line: Line): void {
    this.#line = line;
  }

  receive(into: () => Uint8Array, on: (bytes: number) => void): void {
    this.#reader = { into, on };
    this.#askForBuffer();
    this.#readSoon();
  }

  send(chunks: readonly Uint8Array[], taken: () => void): boolean {
    const { outgoing } = this.#connected;
    if (this.#resetArrived) this.#process.after(0, () => this.#seeReset());
    if (chunks.length === 0 || this.#state !== "open") {
      taken();
      return this.#state !== "closed";
    }
    outgoing.send(chunks, taken);
    this.#queueIsFull = outgoing.unsentBytes > SEND_QUEUE_BYTES_MAX;
    return !this.#queueIsFull;
  }

  onDrain(run: () => void): void {
    this.#onDrain = run;
  }

  onClose(run: (why: string) => void): void {
    this.#onClose = run;
    if (this.#state === "closed") run(this.#why);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    if (this.#resetArrived) this.#process.after(0, () => this.#seeReset());
    this.#readSoon();
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#closeTimer = this.#process.after(CLOSE_FLUSH_MS_MAX, () => this.abort());
    this.#startClosing("closed by us");
    this.resume();
  }

  /** Ends at once and resets the other end. */
  abort(): void {
    if (this.#state === "closed") return;
    this.#resetPeer();
    this.finish(this.#why);
  }

  /** The process of this end was killed: its system ends the connection, by a reset if something was not read. */
  killed(): void {
    if (this.#state === "closed") return;
    const { outgoing } = this.#connected;
    outgoing.dropUnsent();
    if (this.#inbox.length > 0) this.#resetPeer();
    else outgoing.end();
    this.#state = "closed";
  }

  /** The machine of this end lost its power: the other end hears nothing, until it sends. */
  vanished(): void {
    this.#connected.outgoing.cut();
    this.#state = "closed";
  }

  finish(why: string): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#why = why;
    this.#closeTimer?.cancel();
    this.#connected.outgoing.cut();
    this.#inbox = [];
    this.#process.after(0, () => this.#onClose(why));
  }

  arrived(bytes: Uint8Array): void {
    this.#trace(bytes);
    if (this.#state === "closed") {
      this.#resetPeer();
      return;
    }
    this.#inbox.push(bytes);
    if (this.#readsAtOnce && !this.#reading && this.#mayRead()) this.#process.now(() => this.#readOnce());
    else this.#readSoon();
  }

  ended(): void {
    this.#endArrived = true;
    this.#readSoon();
  }

  resetArrived(): void {
    this.#resetArrived = true;
    if (!this.#paused) this.#seeReset();
  }

  drained(): void {
    if (!this.#queueIsFull || this.#state === "closed") return;
    this.#queueIsFull = false;
    this.#onDrain();
  }

  endSent(): void {
    this.#endSent = true;
    if (this.#endSeen) this.finish(this.#why);
  }

  #readSoon(): void {
    if (this.#reading || !this.#mayRead()) return;
    this.#reading = true;
    this.#process.after(0, () => {
      this.#reading = false;
      if (this.#mayRead()) this.#readOnce();
    });
  }

  #mayRead(): boolean {
    const wanted = this.#reader !== null || this.#state === "closing";
    const isSomething = this.#inbox.length > 0 || (this.#endArrived && !this.#endSeen);
    return wanted && this.#state !== "closed" && !this.#paused && isSomething;
  }

  #readOnce(): void {
    if (this.#inbox.length === 0) {
      this.#seeEnd();
    } else if (this.#state === "closing" || this.#buffer === null) {
      // A closing connection has said all it wants to: what still arrives is dropped.
      this.#connected.incoming.read(this.#inbox.reduce((sum, { length }) => sum + length, 0));
      this.#inbox = [];
    } else {
      const count = this.#fill(this.#buffer);
      this.#usedBytes = count;
      this.#buffer = null;
      this.#connected.incoming.read(count);
      this.#reader?.on(count);
      this.#askForBuffer();
    }
    this.#readSoon();
  }

  /** Moves bytes from the inbox, across the bounds of what arrived together. */
  #fill(buffer: Uint8Array): number {
    let count = 0;
    while (count < buffer.length) {
      const first = this.#inbox.shift();
      if (first === undefined) break;
      const part = first.subarray(0, buffer.length - count);
      buffer.set(part, count);
      count += part.length;
      if (part.length < first.length) this.#inbox.unshift(first.subarray(part.length));
    }
    return count;
  }

  /** As Node does, the next buffer is asked for as soon as the last one was used. */
  #askForBuffer(): void {
    if (this.#state !== "open") return;
    if (this.#buffer !== null || this.#reader === null) return;
    this.#buffer = this.#reader.into();
    this.#buffer.fill(SCRIBBLE, 0, Math.min(this.#usedBytes, this.#buffer.length));
  }

  #seeEnd(): void {
    if (this.#endSeen) return;
    this.#endSeen = true;
    if (this.#state === "open") this.#startClosing("closed by the peer");
    if (this.#endSent) this.finish(this.#why);
  }

  #seeReset(): void {
    this.finish("read ECONNRESET");
  }

  #startClosing(why: string): void {
    this.#state = "closing";
    this.#why = why;
    this.#connected.outgoing.end();
  }

  #resetPeer(): void {
    const { outgoing, peer } = this.#connected;
    outgoing.afterAllSent(() => peer.resetArrived());
  }

  get #connected(): Line {
    if (this.#line === null) throw new Error("a socket is attached when it is made");
    return this.#line;
  }
}
