/** Walks the batches in a segment's file from header to header, reading the bodies only as far as they lie in between. */
import type { File } from "../../lib/environment.js";
import { RecordBatch } from "../../protocol/records/batch.js";
import { HEADER_BYTES } from "../../protocol/records/layout.js";

/** Most scans end with their first header: so small a buffer comes out of Node's own pool. */
const FIRST_WINDOW_BYTES = 512;
/** One read covers about as much as lies between two entries of the offset index. */
const WINDOW_BYTES = 4096;

export class HeaderScan {
  /** Where the batch that `next` returned begins; after its null, where the batches end. */
  position: number;
  readonly #file: File;
  readonly #end: number;
  #window: Buffer;
  #windowStart = 0;
  #windowEnd = 0;
  #next: number;

  /** From a position at which a batch begins to `end`. */
  constructor(file: File, position: number, end: number) {
    this.#file = file;
    this.position = position;
    this.#next = position;
    this.#end = end;
    this.#window = Buffer.allocUnsafe(Math.max(0, Math.min(FIRST_WINDOW_BYTES, end - position)));
  }

  /** A view of the next header, valid until the next call; null at the end, or where no whole batch follows. */
  next(): RecordBatch | null {
    this.position = this.#next;
    if (this.position + HEADER_BYTES > this.#end) return null;
    if (this.position < this.#windowStart || this.position + HEADER_BYTES > this.#windowEnd) this.#read();
    if (this.position + HEADER_BYTES > this.#windowEnd) return null;
    const batch = new RecordBatch(this.#window, this.position - this.#windowStart);
    const { sizeInBytes } = batch;
    if (batch.magic !== 2 || sizeInBytes < HEADER_BYTES || this.position + sizeInBytes > this.#end) return null;
    this.#next = this.position + sizeInBytes;
    return batch;
  }

  #read(): void {
    const isFirst = this.#windowEnd === 0;
    const bytes = Math.min(isFirst ? FIRST_WINDOW_BYTES : WINDOW_BYTES, this.#end - this.position);
    if (bytes > this.#window.length) this.#window = Buffer.allocUnsafe(bytes);
    this.#windowStart = this.position;
    this.#windowEnd = this.position + this.#file.read(this.#window.subarray(0, bytes), this.position);
  }
}
