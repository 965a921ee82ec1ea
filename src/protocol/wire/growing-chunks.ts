/**
 * Bytes that are written one behind the other: into a buffer that grows, and between them lent chunks, which are not
 * copied. The result is a list of chunks, own and lent, in the order in which they came.
 */

/** Most messages fit; Node takes buffers of this size from its pool. */
const FIRST_BUFFER_BYTES = 512;
/** What grows once grows again: few steps, as each copies. */
const GROWTH = 4;
/** What the size in front of a frame can say. */
const BYTES_MAX = 2_147_483_647;

/** Thrown where more would be written than may be; the frames turn it into a value. */
export class TooManyBytesError extends Error {
  constructor() {
    super("more is written than may be");
    this.name = "TooManyBytesError";
  }
}

export class GrowingChunks {
  protected buffer = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
  /** Where the chunk that is being written begins in `buffer`. */
  protected start = 0;
  protected position = 0;
  private wideView: DataView | null = null;
  private readonly finished: Uint8Array[] = [];
  private finishedBytes = 0;
  private lentBytes = 0;
  private readonly ownBytesMax: number;

  /** `ownBytesMax`: of all that is not lent, about. */
  constructor(ownBytesMax = BYTES_MAX) {
    this.ownBytesMax = ownBytesMax;
  }

  get byteLength(): number {
    return this.finishedBytes + this.position - this.start;
  }

  /** Everything written so far, in order. Nothing can be written any more. */
  chunks(): Uint8Array[] {
    this.endChunk();
    return this.finished;
  }

  /** For numbers of 8 bytes. Small messages have none, and would pay more for the view than for all else. */
  protected get view(): DataView {
    this.wideView ??= new DataView(this.buffer.buffer, this.buffer.byteOffset, this.buffer.byteLength);
    return this.wideView;
  }

  /** A place in the current chunk that survives growing: `start + mark`. */
  protected mark(): number {
    return this.position - this.start;
  }

  /** Where so many bytes are to be written now. */
  protected advance(bytes: number): number {
    this.reserve(bytes);
    const at = this.position;
    this.position = at + bytes;
    return at;
  }

  protected reserve(bytes: number): void {
    if (this.position + bytes > this.buffer.length) this.grow(bytes);
  }

  protected lend(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return;
    this.endChunk();
    this.finished.push(chunk);
    this.finishedBytes += chunk.byteLength;
    this.lentBytes += chunk.byteLength;
  }

  private endChunk(): void {
    if (this.position === this.start) return;
    this.finished.push(this.buffer.subarray(this.start, this.position));
    this.finishedBytes += this.position - this.start;
    this.start = this.position;
  }

  private grow(bytes: number): void {
    if (this.byteLength - this.lentBytes + bytes > this.ownBytesMax) throw new TooManyBytesError();
    const kept = this.position - this.start;
    const larger = Buffer.allocUnsafe(Math.max(Math.min(this.buffer.length * GROWTH, this.ownBytesMax), kept + bytes));
    this.buffer.copy(larger, 0, this.start, this.position);
    this.buffer = larger;
    this.wideView = null;
    this.start = 0;
    this.position = kept;
  }
}
