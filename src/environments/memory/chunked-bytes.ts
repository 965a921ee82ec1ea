/**
 * The content of a file in memory: a grid of chunks in which **a byte once written never changes**. An append fills
 * the unwritten end of the last chunk; an overwrite puts a changed copy in the chunk's place. So two contents can share
 * all their chunks but the last, which is what makes a copy of a whole data folder cheap.
 */
export const CHUNK_BYTES = 64 * 1024;
const FIRST_CHUNK_BYTES = 256;

export class ChunkedBytes {
  /** Chunk `i` holds the bytes from `i * CHUNK_BYTES`; what a chunk is too short for reads as zero. */
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Another content with the same bytes, sharing all chunks but the last. */
  copy(): ChunkedBytes {
    const copy = new ChunkedBytes();
    copy.#chunks.push(...this.#chunks);
    const last = copy.#chunks.pop();
    if (last !== undefined) copy.#chunks.push(last.slice());
    copy.#length = this.#length;
    return copy;
  }

  write(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; ) {
      const position = at + done;
      const start = position % CHUNK_BYTES;
      const count = Math.min(CHUNK_BYTES - start, bytes.length - done);
      const chunk = this.#writable(Math.floor(position / CHUNK_BYTES), start, start + count);
      chunk.set(bytes.subarray(done, done + count), start);
      done += count;
      this.#length = Math.max(this.#length, position + count);
    }
  }

  /** Fills `into` from `at`; returns how many bytes there were. */
  read(into: Uint8Array, at: number): number {
    const count = Math.max(0, Math.min(into.length, this.#length - at));
    for (let done = 0; done < count; ) {
      const position = at + done;
      const start = position % CHUNK_BYTES;
      const wanted = Math.min(CHUNK_BYTES - start, count - done);
      const found = this.#chunks[Math.floor(position / CHUNK_BYTES)]?.subarray(start, start + wanted);
      if (found !== undefined) into.set(found, done);
      into.fill(0, done + (found?.length ?? 0), done + wanted);
      done += wanted;
    }
    return count;
  }

  /** Cuts, or grows with zeros. */
  truncate(length: number): void {
    if (length < this.#length) {
      const kept = Math.ceil(length / CHUNK_BYTES);
      this.#chunks.length = Math.min(this.#chunks.length, kept);
      const last = this.#chunks[kept - 1];
      // The cut end was written once; a copy without it may be written again.
      if (last !== undefined) this.#chunks[kept - 1] = last.slice(0, length - (kept - 1) * CHUNK_BYTES);
    }
    this.#length = length;
  }

  /** The chunk `index`, whose bytes from `start` to `end` may be set. */
  #writable(index: number, start: number, end: number): Uint8Array {
    while (this.#chunks.length < index) this.#chunks.push(new Uint8Array(0));
    const chunk = this.#chunks[index] ?? new Uint8Array(0);
    const unwritten = index * CHUNK_BYTES + start >= this.#length;
    if (unwritten && end <= chunk.length) return chunk;
    const copy = new Uint8Array(end <= chunk.length ? chunk.length : roomFor(end));
    copy.set(chunk);
    this.#chunks[index] = copy;
    return copy;
  }
}

/** Small files stay small: a chunk doubles until it is full. */
function roomFor(bytes: number): number {
  let room = FIRST_CHUNK_BYTES;
  while (room < bytes) room *= 2;
  return Math.min(room, CHUNK_BYTES);
}
