import type { EventLoop, ProcessLoop } from "./event-loop.js";
import type { RandomStream } from "./random-stream.js";

/** How many bytes may be on their way or unread at the receiver. */
const WINDOW_BYTES = 64 * 1024;

/** One `send`: what is left of it to put on the wire, and when it is over. */
interface Send {
  readonly chunks: readonly Uint8Array[];
  chunk: number;
  offset: number;
  undeliveredBytes: number;
  readonly taken: () => void;
}

interface Part {
  readonly bytes: Uint8Array;
  readonly send: Send;
}

/** What the two ends of a direction are told. */
export interface Sender {
  /** Everything that was given to send has been taken. */
  drained(): void;
  endSent(): void;
}
export interface Receiver {
  arrived(bytes: Uint8Array): void;
  ended(): void;
}

/**
 * One direction of a connection: bytes come in order, late, and cut up anew. What is sent is held by reference and looked
 * at only when it arrives, so a sender who changes it too early is found out.
 */
export class Direction {
  readonly #world: EventLoop;
  readonly #process: ProcessLoop;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  readonly #random: RandomStream;
  readonly #heldUntilMs: () => number;
  readonly #segmentBytesMax: number;
  /** How often a segment is shorter than it might be. Many a connection is left alone: each segment is an event. */
  readonly #shortened: number;
  readonly #latencyMsMax: number;
  readonly #queue: Send[] = [];
  #unsentBytes = 0;
  /** Sent and not read yet. */
  #outstandingBytes = 0;
  #deliverAtMs = Number.POSITIVE_INFINITY;
  #ending: "no" | "wanted" | "sent" = "no";
  #cut = false;

  /** `process` is the sender's. `heldUntilMs`: nothing that is sent now arrives before; minus infinity in good times. */
  constructor(
    world: EventLoop,
    process: ProcessLoop,
    { sender, receiver }: { readonly sender: Sender; readonly receiver: Receiver },
    random: RandomStream,
    heldUntilMs: () => number,
  ) {
    this.#heldUntilMs = heldUntilMs;
    this.#world = world;
    this.#process = process;
    this.#sender = sender;
    this.#receiver = receiver;
    this.#random = random;
    this.#segmentBytesMax = random.pick(300, 1_460, 65_536, 65_536);
    this.#shortened = random.pick(0, 0, 0.05, 0.5);
    this.#latencyMsMax = random.pick(0.1, 1, 10);
  }

  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** The connection stands: nothing arrives before that time. */
  open(fromMs: number): void {
    this.#deliverAtMs = fromMs;
    this.#pump();
  }

  send(chunks: readonly Uint8Array[], taken: () => void): void {
    let bytes = 0;
    for (const chunk of chunks) bytes += chunk.length;
    if (bytes === 0) return void this.#process.after(0, taken);
    this.#queue.push({ chunks, chunk: 0, offset: 0, undeliveredBytes: bytes, taken });
    this.#unsentBytes += bytes;
    this.#pump();
  }

  /** The end, behind all that was sent. */
  end(): void {
    if (this.#ending === "no") this.#ending = "wanted";
    this.#pump();
  }

  /** The receiver has read so many bytes: there is room for as many more. */
  read(bytes: number): void {
    this.#outstandingBytes -= bytes;
    this.#pump();
  }

  /** The sending process is gone: what is under way still arrives, the rest does not. */
  dropUnsent(): void {
    this.#unsentBytes = 0;
  }

  /** Nothing more arrives; what the system never took is given back. */
  cut(): void {
    this.#cut = true;
    this.#unsentBytes = 0;
    for (const { taken } of this.#queue.splice(0)) this.#process.after(0, taken);
  }

  /** Runs something at the far end behind all that is under way. */
  afterAllSent(run: () => void): void {
    this.#world.at(this.#nextArrivalMs(), run);
  }

  /** When something sent now arrives: never before what was sent earlier. */
  #nextArrivalMs(): number {
    const soonestMs = this.#world.nowMs + this.#random.fraction() * this.#latencyMsMax;
    this.#deliverAtMs = Math.max(this.#deliverAtMs, soonestMs, this.#heldUntilMs());
    return this.#deliverAtMs;
  }

  #pump(): void {
    if (this.#deliverAtMs === Number.POSITIVE_INFINITY || this.#cut) return;
    while (this.#unsentBytes > 0 && this.#outstandingBytes < WINDOW_BYTES) {
      const room = Math.min(this.#segmentBytesMax, this.#unsentBytes, WINDOW_BYTES - this.#outstandingBytes);
      this.#dispatch(this.#cutSegment(this.#random.chance(this.#shortened) ? this.#random.between(1, room) : room));
    }
    if (this.#ending !== "wanted" || this.#unsentBytes > 0) return;
    this.#ending = "sent";
    this.#process.after(0, () => this.#sender.endSent());
    this.#world.at(this.#nextArrivalMs(), () => {
      if (!this.#cut) this.#receiver.ended();
    });
  }

  /** Takes the next `bytes` of what is queued, across chunks and sends. */
  #cutSegment(bytes: number): Part[] {
    const parts: Part[] = [];
    for (let wanted = bytes; wanted > 0; ) {
      const send = this.#queue.find(isUnsent);
      const chunk = send?.chunks[send.chunk];
      if (send === undefined || chunk === undefined) break;
      const part = chunk.subarray(send.offset, send.offset + wanted);
      send.offset += part.length;
      if (send.offset === chunk.length) {
        send.chunk++;
        send.offset = 0;
      }
      if (part.length > 0) parts.push({ bytes: part, send });
      wanted -= part.length;
    }
    this.#unsentBytes -= bytes;
    this.#outstandingBytes += bytes;
    return parts;
  }

  #dispatch(parts: readonly Part[]): void {
    this.#world.at(this.#nextArrivalMs(), () => {
      if (this.#cut) return;
      // What the sender is told comes with what the receiver gets: they cannot see one another, and it saves an event.
      const bytes = asOne(parts);
      for (const part of parts) this.#delivered(part);
      this.#receiver.arrived(bytes);
    });
  }

  #delivered({ bytes, send }: Part): void {
    send.undeliveredBytes -= bytes.length;
    if (send.undeliveredBytes > 0) return;
    this.#queue.shift();
    const isEmpty = this.#queue.length === 0;
    this.#process.now(() => {
      send.taken();
      if (isEmpty) this.#sender.drained();
    });
  }
}

/** A copy: the sender may change what it has sent as soon as it is told so. */
function asOne(parts: readonly Part[]): Uint8Array {
  let length = 0;
  for (const { bytes } of parts) length += bytes.length;
  const whole = Buffer.allocUnsafe(length);
  let end = 0;
  for (const { bytes } of parts) {
    whole.set(bytes, end);
    end += bytes.length;
  }
  return whole;
}

function isUnsent(send: Send): boolean {
  return send.chunk < send.chunks.length;
}
