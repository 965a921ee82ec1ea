/**
 * Walks a file of record batches, each batch whole in memory and one at a time, so that a file of any size can be
 * looked at. It judges only what it needs for the next step: lengths and magics.
 */
import type { File } from "../../lib/environment.js";
import { type BatchStop, type RecordBatch, readBatches } from "../../protocol/records/batch.js";
import { LENGTH, PREFIX_BYTES } from "../../protocol/records/layout.js";

export interface ScannedBatch {
  readonly position: number;
  /** Valid until the next step of the scan. */
  readonly batch: RecordBatch;
}

/** Where the scan ended, and why it ended before the file did. */
export interface ScanEnd {
  readonly position: number;
  readonly stop: BatchStop | "too large" | null;
}

/** Read at once; a larger batch is read as a whole. */
const WINDOW_BYTES = 1024 * 1024;
/** A larger batch is not read: no request that brings one fits `socket.request.max.bytes` as it is by default. */
export const BATCH_BYTES_MAX = 128 * 1024 * 1024;

/** From a position at which a batch begins to `end`. */
export function* scanBatches(file: File, from: number, end: number): Generator<ScannedBatch, ScanEnd, void> {
  let window = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, Math.max(0, end - from)));
  let position = from;
  while (position < end) {
    const left = end - position;
    const bytes = window.subarray(0, file.read(window.subarray(0, Math.min(window.length, left)), position));
    // Somebody made the file shorter meanwhile.
    if (bytes.length === 0) return { position, stop: "torn" };
    const { batches, end: whole, stop } = readBatches(bytes);
    let at = position;
    for (const batch of batches) {
      const { sizeInBytes } = batch;
      yield { position: at, batch };
      at += sizeInBytes;
    }
    position = at;
    if (stop === null || (whole > 0 && stop === "torn" && bytes.length < left)) continue;
    if (stop !== "torn" || bytes.length < PREFIX_BYTES) return { position, stop };
    const batchBytes = PREFIX_BYTES + bytes.readInt32BE(whole + LENGTH);
    if (batchBytes > left || batchBytes <= window.length) return { position, stop };
    if (batchBytes > BATCH_BYTES_MAX) return { position, stop: "too large" };
    window = Buffer.allocUnsafe(batchBytes);
  }
  return { position, stop: null };
}
