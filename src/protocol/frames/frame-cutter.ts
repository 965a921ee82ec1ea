import type { FrameMemory } from "./frame-memory.js";

/** Frames up to this size are not counted in `FrameMemory`: connections times this is bound enough. */
const SMALL_FRAME_BYTES = 64 * 1024;
/**
 * Smaller ones are cut from Node's own pool. Each larger buffer would be memory outside of the heap, and a few megabytes of
 * them in a second have the whole heap searched for garbage once a second: a batch of Kafka's default size is just below 16 KiB.
 */
const REUSED_BYTES_MIN = 4 * 1024;
/** A frame that still lacks this much is received straight into its own buffer. */
const DIRECT_BYTES = 16 * 1024;
/** A large frame's buffer starts with this and doubles as bytes really arrive: an announced size alone costs nothing. */
const FIRST_CAPACITY_BYTES = 1024 * 1024;

export interface Frame {
  /** The frame without its length. */
  readonly bytes: Buffer;
  /** To give back to `FrameMemory` when the frame is done with. */
  readonly reservedBytes: number;
  /** What `bytes` is a part of, if it can serve another frame: `FrameMemory.buffers` takes it. */
  readonly reusable: Buffer | null;
}

/** What cutting came to: `wait` means that memory for the next frame is not there yet, and that reading must pause. */
export type Cut = "read on" | "wait" | { readonly refused: string };

/** Cuts the bytes of one connection into frames: a length in four bytes, then that many bytes. */
export class FrameCutter {
  readonly #scratch: Buffer;
  readonly #maxFrameBytes: number;
  readonly #memory: FrameMemory;
  readonly #onFrame: (frame: Frame) => void;
  readonly #onGranted: () => void;
  /** Bytes of a length that is not complete yet. */
  readonly #length = Buffer.alloc(4);
  #lengthFilled = 0;
  #frame: Buffer | null = null;
  #frameBytes = 0;
  #frameFilled = 0;
  #reservedBytes = 0;
  #direct = false;
  /** What arrived behind a length for whose frame there was no memory. */
  #rest: Buffer | null = null;

  /**
   * `scratch` is shared by all connections: its content is consumed before the next read.
   * `onGranted` runs when memory has come after `wait`: then call `resume`.
   */
  constructor(options: {
    scratch: Buffer;
    maxFrameBytes: number;
    memory: FrameMemory;
    onFrame: (frame: Frame) => void;
    onGranted: () => void;
  }) {
    this.#scratch = options.scratch;
    this.#maxFrameBytes = options.maxFrameBytes;
    this.#memory = options.memory;
    this.#onFrame = options.onFrame;
    this.#onGranted = options.onGranted;
  }

  /** The buffer for the next read. */
  into(): Uint8Array {
    const frame = this.#frame;
    this.#direct = frame !== null && this.#frameBytes - this.#frameFilled >= DIRECT_BYTES;
    if (frame === null || !this.#direct) return this.#scratch;
    return this.#withRoom(frame, DIRECT_BYTES).subarray(this.#frameFilled, this.#frameBytes);
  }

  /** Takes the bytes of a read into what `into` returned last. */
  received(bytes: number): Cut {
    if (!this.#direct) return this.#cut(this.#scratch.subarray(0, bytes));
    this.#frameFilled += bytes;
    if (this.#frameFilled === this.#frameBytes) this.#finish();
    return "read on";
  }

  /** Goes on after `wait`, when memory was granted. */
  resume(): Cut {
    const rest = this.#rest ?? Buffer.alloc(0);
    this.#rest = null;
    this.#reservedBytes = this.#frameBytes;
    this.#begin();
    return this.#cut(rest);
  }

  /** Gives back what an unfinished frame holds. */
  close(): void {
    this.#memory.forget(this.#onGranted);
    if (this.#reservedBytes > 0) this.#memory.release(this.#reservedBytes);
    this.#reservedBytes = 0;
    this.#frame = null;
    this.#rest = null;
  }

  #cut(input: Buffer): Cut {
    let at = 0;
    while (at < input.length) {
      if (this.#frame === null) {
        at += this.#takeLength(input, at);
        if (this.#lengthFilled < 4) return "read on";
        const began = this.#beginFrame();
        if (began === "wait") this.#rest = Buffer.from(input.subarray(at));
        if (began !== "read on") return began;
      }
      at += this.#fill(input, at);
    }
    return "read on";
  }

  #takeLength(input: Buffer, at: number): number {
    // Most arrive whole.
    if (this.#lengthFilled === 0 && input.length - at >= 4) {
      this.#frameBytes = input.readInt32BE(at);
      this.#lengthFilled = 4;
      return 4;
    }
    const taken = Math.min(4 - this.#lengthFilled, input.length - at);
    input.copy(this.#length, this.#lengthFilled, at, at + taken);
    this.#lengthFilled += taken;
    if (this.#lengthFilled === 4) this.#frameBytes = this.#length.readInt32BE(0);
    return taken;
  }

  #beginFrame(): Cut {
    const bytes = this.#frameBytes;
    if (bytes < 0 || bytes > this.#maxFrameBytes) {
      return {
        refused: `a frame of ${bytes} bytes; allowed are 0 to ${this.#maxFrameBytes} (socket.request.max.bytes)`,
      };
    }
    if (bytes > SMALL_FRAME_BYTES) {
      if (!this.#memory.reserve(bytes, this.#onGranted)) return "wait";
      this.#reservedBytes = bytes;
    }
    this.#begin();
    return "read on";
  }

  #begin(): void {
    this.#frame = this.#bufferOf(Math.min(this.#frameBytes, FIRST_CAPACITY_BYTES));
    this.#frameFilled = 0;
    this.#lengthFilled = 0;
    if (this.#frameBytes === 0) this.#finish();
  }

  #bufferOf(bytes: number): Buffer {
    return bytes < REUSED_BYTES_MIN ? Buffer.allocUnsafe(bytes) : this.#memory.buffers.take(bytes);
  }

  #fill(input: Buffer, at: number): number {
    const frame = this.#frame;
    if (frame === null) return 0;
    const taken = Math.min(this.#frameBytes - this.#frameFilled, input.length - at);
    input.copy(this.#withRoom(frame, taken), this.#frameFilled, at, at + taken);
    this.#frameFilled += taken;
    if (this.#frameFilled === this.#frameBytes) this.#finish();
    return taken;
  }

  /** The frame's buffer, made larger when it cannot take `bytes` more. */
  #withRoom(frame: Buffer, bytes: number): Buffer {
    if (this.#frameFilled + bytes <= frame.length) return frame;
    const larger = this.#bufferOf(Math.min(this.#frameBytes, frame.length * 2));
    frame.copy(larger, 0, 0, this.#frameFilled);
    this.#memory.buffers.release(frame);
    this.#frame = larger;
    return larger;
  }

  #finish(): void {
    const frame = this.#frame;
    const reservedBytes = this.#reservedBytes;
    this.#frame = null;
    this.#reservedBytes = 0;
    if (frame === null) return;
    const isReusable = this.#frameBytes >= REUSED_BYTES_MIN;
    const bytes = isReusable ? frame.subarray(0, this.#frameBytes) : frame;
    this.#onFrame({ bytes, reservedBytes, reusable: isReusable ? frame : null });
  }
}
