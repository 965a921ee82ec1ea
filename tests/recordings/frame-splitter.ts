/** Cuts what a socket gives into frames: four bytes with the size, then so many bytes. */

const SIZE_BYTES = 4;

export class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that this chunk completes, without their sizes. */
  split(chunk: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: Buffer[] = [];
    while (this.#rest.length >= SIZE_BYTES) {
      const end = SIZE_BYTES + this.#rest.readInt32BE(0);
      if (this.#rest.length < end) break;
      frames.push(this.#rest.subarray(SIZE_BYTES, end));
      this.#rest = this.#rest.subarray(end);
    }
    return frames;
  }
}
