/** Reads a segment from end to end in chunks of whole batches, through the thread pool: nobody waits for a cold disk. */
import { FileError } from "../../lib/environment.js";
import { type RecordBatch, readBatches } from "../../protocol/records/batch.js";
import type { Segment } from "../segments/segment.js";

export class BatchChunks {
  readonly #segment: Segment;
  #buffer: Buffer;
  #position: number;

  /** From a position at which a batch begins. A batch that is larger than a chunk is read as a whole. */
  constructor(segment: Segment, chunkBytes: number, position = 0) {
    this.#segment = segment;
    this.#buffer = Buffer.allocUnsafe(Math.max(1, Math.min(chunkBytes, segment.bytes - position)));
    this.#position = position;
  }

  get isClosed(): boolean {
    return this.#segment.isClosed;
  }

  /** The next batches, valid until the next call; none at the end; null where no whole batch follows. */
  async next(): Promise<readonly RecordBatch[] | null> {
    for (;;) {
      const left = this.#segment.bytes - this.#position;
      const wanted = Math.min(left, this.#buffer.length);
      if (wanted <= 0) return [];
      const bytes = await this.#segment.file.readCold(this.#buffer.subarray(0, wanted), this.#position);
      const { batches, end, stop } = readBatches(this.#buffer.subarray(0, bytes));
      this.#position += end;
      if (end > 0) return batches;
      if (stop !== "torn" || wanted === left || bytes < wanted) return null;
      this.#buffer = Buffer.allocUnsafe(Math.min(left, this.#buffer.length * 2));
    }
  }
}

/** A log that is closed or deleted while it is read counts as stopped, whatever the read came to. */
export async function readChunk(
  chunks: BatchChunks,
  isStale: () => boolean,
): Promise<readonly RecordBatch[] | null | "stopped"> {
  try {
    const batches = await chunks.next();
    return isStale() || chunks.isClosed ? "stopped" : batches;
  } catch (error) {
    if (error instanceof FileError && (isStale() || chunks.isClosed)) return "stopped";
    throw error;
  }
}

export function bytesOf(batches: readonly RecordBatch[]): number {
  return batches.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
}
