/**
 * Buffers that are used again and again: a fresh one costs almost three times as much as reading a file into it, and every
 * 64 MB of them have the whole heap searched for garbage. They are kept by size class (powers of two), and only so many
 * bytes of them.
 */
const CLASS_BYTES_MIN = 4 * 1024;
const CLASS_BYTES_MAX = 4 * 1024 * 1024;

export class ReusedBuffers {
  readonly #keptBytesMax: number;
  readonly #free = new Map<number, Buffer[]>();
  #keptBytes = 0;

  constructor(keptBytesMax: number) {
    this.#keptBytesMax = keptBytesMax;
  }

  /** A buffer of at least so many bytes, with anything in it. */
  take(bytes: number): Buffer {
    if (bytes > CLASS_BYTES_MAX) return Buffer.allocUnsafeSlow(bytes);
    const size = classFor(bytes);
    const buffer = this.#free.get(size)?.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(size);
    this.#keptBytes -= size;
    return buffer;
  }

  /** Gives back what `take` gave; nobody may look at it any more. */
  release(buffer: Buffer): void {
    const size = buffer.length;
    if (size > CLASS_BYTES_MAX || this.#keptBytes + size > this.#keptBytesMax) return;
    const list = this.#free.get(size);
    if (list === undefined) this.#free.set(size, [buffer]);
    else list.push(buffer);
    this.#keptBytes += size;
  }
}

function classFor(bytes: number): number {
  let size = CLASS_BYTES_MIN;
  while (size < bytes) size *= 2;
  return size;
}
