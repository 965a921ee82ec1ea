import type { Cancellable, Clock, Socket } from "../lib/environment.js";
import { type Cut, type Frame, FrameCutter } from "../protocol/frames/frame-cutter.js";
import type { FrameMemory } from "../protocol/frames/frame-memory.js";
import { Produce } from "../protocol/messages/00-produce.js";
import { OffsetCommit } from "../protocol/messages/08-offset-commit.js";
import type { ConnectionFacts } from "./context.js";

/** What serving one request came to. */
export type Served =
  | { readonly kind: "answer"; readonly chunks: readonly Uint8Array[] }
  | { readonly kind: "none" }
  | { readonly kind: "close"; readonly why: string };

/** One request on its way through the broker, as its connection sees it. */
export class Exchange {
  readonly frame: Frame;
  readonly arrivedMs: number;
  readonly apiKey: number | null;
  served: Served | null = null;
  /** What it writes has its place in the order of the log. */
  appended = false;
  throttleMs = 0;
  /** Runs when the connection ends before the answer. */
  onGone: (() => void)[] = [];
  /** Runs once the socket is done with the answer. */
  onAnswered: (() => void)[] = [];

  constructor(frame: Frame, arrivedMs: number) {
    this.frame = frame;
    this.arrivedMs = arrivedMs;
    // The first field of every request header.
    this.apiKey = frame.bytes.length >= 2 ? frame.bytes.readInt16BE(0) : null;
  }
}

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly facts: ConnectionFacts;
  readonly wire: Clock;
  readonly scratch: Buffer;
  readonly memory: FrameMemory;
  readonly maxFrameBytes: number;
  readonly maxIdleMs: number;
  /** Starts a request. It sets `exchange.served`, now or later, and then calls `connection.settled()`. */
  readonly serve: (exchange: Exchange, connection: Connection) => void;
  readonly onClosed: (connection: Connection, why: string) => void;
}

/** The requests that clients send one behind the other without waiting for answers, and that only write. */
const writes: ReadonlySet<number | null> = new Set([Produce.key, OffsetCommit.key]);

/** Those that may be appended and not answered yet on one connection. */
const WRITES_IN_FLIGHT_MAX = 32;

/**
 * One client connection. Requests start one at a time, in order; answers leave in order. One exception, for speed: a
 * Produce may start when the Produce before it has been appended, and an OffsetCommit when the one before it has been
 * given to the coordinator, which takes them in that order. While requests wait here, or while the client does
 * not take its answers, nothing more is read from the socket, so a connection never holds more than it was sent at once.
 */
export class Connection {
  readonly facts: ConnectionFacts;
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #cutter: FrameCutter;
  readonly #waiting: Frame[] = [];
  readonly #inFlight: Exchange[] = [];
  #isAdvancing = false;
  #isDraining = false;
  #mutedUntilMs = Number.NEGATIVE_INFINITY;
  #unmute: Cancellable | null = null;
  #lacksMemory = false;
  #isPaused = false;
  #isClosing = false;
  #isClosed = false;
  #lastActiveMs: number;
  #idleCheck: Cancellable | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.facts = options.facts;
    this.#lastActiveMs = options.wire.monotonicMs();
    this.#cutter = new FrameCutter({
      scratch: options.scratch,
      maxFrameBytes: options.maxFrameBytes,
      memory: options.memory,
      onFrame: (frame) => this.#waiting.push(frame),
      onGranted: () => {
        this.#lacksMemory = false;
        this.#afterCut(this.#cutter.resume());
      },
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  start(): void {
    this.#socket.onClose((why) => this.#closed(why));
    this.#socket.onDrain(() => {
      this.#isDraining = false;
      this.#advance();
    });
    this.#closeWhenIdle();
    this.#socket.receive(
      () => this.#cutter.into(),
      (bytes) => this.#received(bytes),
    );
  }

  /** An exchange of this connection has been served, or appended: see what can go on. */
  settled(): void {
    this.#advance();
  }

  /** Stops reading, sends what is queued and closes. */
  close(why: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#closed(why);
    this.#socket.close();
  }

  #received(bytes: number): void {
    if (this.#isClosing) return;
    this.#lastActiveMs = this.#options.wire.monotonicMs();
    this.#afterCut(this.#cutter.received(bytes));
  }

  #afterCut(cut: Cut): void {
    if (this.#isClosing) return;
    if (typeof cut === "object") {
      this.close(`refused ${cut.refused}`);
      return;
    }
    this.#lacksMemory = cut === "wait";
    this.#advance();
  }

  /** Starts what may start and sends what may leave, until nothing moves. */
  #advance(): void {
    if (this.#isAdvancing || this.#isClosing) return;
    this.#isAdvancing = true;
    while (!this.#isClosing && (this.#sendNext() || this.#startNext()));
    this.#isAdvancing = false;
    this.#pauseOrResume();
  }

  #startNext(): boolean {
    const frame = this.#waiting[0];
    if (frame === undefined || this.#unmute !== null || this.#isDraining) return false;
    const exchange = new Exchange(frame, this.#options.wire.monotonicMs());
    if (!this.#mayStart(exchange)) return false;
    this.#waiting.shift();
    this.#inFlight.push(exchange);
    this.#options.serve(exchange, this);
    return true;
  }

  #mayStart(exchange: Exchange): boolean {
    if (this.#inFlight.length === 0) return true;
    if (!writes.has(exchange.apiKey) || this.#inFlight.length >= WRITES_IN_FLIGHT_MAX) return false;
    return this.#inFlight.every((before) => before.apiKey === exchange.apiKey && before.appended);
  }

  #sendNext(): boolean {
    const exchange = this.#inFlight[0];
    const served = exchange?.served;
    if (exchange === undefined || served === undefined || served === null) return false;
    this.#inFlight.shift();
    this.#options.memory.release(exchange.frame.reservedBytes);
    this.#lastActiveMs = this.#options.wire.monotonicMs();
    if (served.kind === "answer") {
      const taken = () => runAll(exchange.onAnswered);
      if (!this.#socket.send(served.chunks, taken)) this.#isDraining = true;
    } else {
      runAll(exchange.onAnswered);
    }
    // A Produce has been appended, and nothing else of it is kept.
    const { reusable } = exchange.frame;
    if (reusable !== null && exchange.apiKey === Produce.key) this.#options.memory.buffers.release(reusable);
    if (served.kind === "close") this.close(served.why);
    if (exchange.throttleMs > 0) this.#muteFor(exchange.throttleMs);
    return true;
  }

  /** KIP-219: the answer has left; the client is made to wait by not being read. */
  #muteFor(throttleMs: number): void {
    const { wire } = this.#options;
    if (this.#isClosed) return;
    this.#mutedUntilMs = Math.max(this.#mutedUntilMs, wire.monotonicMs() + throttleMs);
    this.#unmute?.cancel();
    this.#unmute = wire.at(this.#mutedUntilMs, () => {
      this.#unmute = null;
      this.#advance();
    });
  }

  #pauseOrResume(): void {
    if (this.#isClosing) return;
    const pause = this.#waiting.length > 0 || this.#unmute !== null || this.#isDraining || this.#lacksMemory;
    if (pause === this.#isPaused) return;
    this.#isPaused = pause;
    if (pause) this.#socket.pause();
    else this.#socket.resume();
  }

  /** One timer per connection that looks again when the connection was active meanwhile. */
  #closeWhenIdle(): void {
    const { wire, maxIdleMs } = this.#options;
    this.#idleCheck = wire.at(this.#lastActiveMs + maxIdleMs, () => {
      const idleMs = wire.monotonicMs() - this.#lastActiveMs;
      const waitsForUs = this.#inFlight.length > 0 && !this.#isDraining;
      if (waitsForUs) this.#lastActiveMs = wire.monotonicMs();
      if (idleMs >= maxIdleMs && !waitsForUs) this.close(`idle for ${idleMs} ms (connections.max.idle.ms)`);
      else this.#closeWhenIdle();
    });
  }

  #closed(why: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isClosing = true;
    // Until the timers ran, they would keep the connection and its buffers in memory.
    this.#idleCheck?.cancel();
    this.#unmute?.cancel();
    this.#cutter.close();
    for (const frame of this.#waiting) this.#options.memory.release(frame.reservedBytes);
    for (const exchange of this.#inFlight) {
      this.#options.memory.release(exchange.frame.reservedBytes);
      runAll(exchange.onGone);
      runAll(exchange.onAnswered);
    }
    this.#waiting.length = 0;
    this.#inFlight.length = 0;
    this.#options.onClosed(this, why);
  }
}

function runAll(runs: (() => void)[]): void {
  for (const run of runs) run();
  runs.length = 0;
}
