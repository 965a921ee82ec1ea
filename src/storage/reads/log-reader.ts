/** The reading half of a log: record batches from an offset on, and offsets for timestamps. */
import type { ReusedBuffers } from "../../lib/reused-buffers.js";
import { errors } from "../../protocol/errors.js";
import type { LogHealth } from "../log-health.js";
import type { LogOffsets } from "../log-offsets.js";
import type { LogParts } from "../log-parts.js";
import { type LogRead, type StorageError, storageError } from "../log-results.js";
import type { Segment } from "../segments/segment.js";
import type { Segments } from "../segments/segments.js";
import type { AbortedTransaction } from "../segments/transaction-index.js";
import { type FoundOffset, findByTimestamp, findMaxTimestamp } from "./find-offset.js";
import { coldSegment, readCold } from "./read-cold.js";
import { nothingRead, type ReadRequest, readRecordsFrom } from "./read-log.js";
import type { WarmPieces } from "./warm-pieces.js";

export class LogReader {
  readonly #segments: Segments;
  readonly #buffers: ReusedBuffers;
  readonly #warm: WarmPieces;
  readonly #offsets: LogOffsets;
  readonly #health: LogHealth;

  constructor({ segments, buffers, warm }: LogParts, offsets: LogOffsets, health: LogHealth) {
    this.#segments = segments;
    this.#buffers = buffers;
    this.#warm = warm;
    this.#offsets = offsets;
    this.#health = health;
  }

  read(request: ReadRequest): LogRead {
    const { from, upTo } = request;
    const { logStartOffset, endOffset } = this.#offsets;
    return this.#health.attempt(() => {
      if (from < logStartOffset || from > endOffset) return { errorCode: errors.OFFSET_OUT_OF_RANGE.code };
      if (from >= upTo) return nothingRead(from);
      return readRecordsFrom(this.#segments, this.#buffers, this.#warm, request);
    });
  }

  /** The same, but what may not be in memory is waited for, so that nobody else has to. */
  fetch(request: ReadRequest): LogRead | Promise<LogRead> {
    const { from, upTo } = request;
    const { logStartOffset, endOffset } = this.#offsets;
    const isWithin = this.#health.failure === null && from >= logStartOffset && from < Math.min(upTo, endOffset);
    const cold = isWithin ? coldSegment(this.#segments, this.#warm, request) : null;
    return cold === null ? this.read(request) : this.#fetchCold(cold, request);
  }

  offsetForTimestamp(timestampMs: number): Promise<FoundOffset | null | StorageError> {
    return this.#search(() => findByTimestamp(this.#segments, timestampMs, this.#offsets.logStartOffset));
  }

  maxTimestamp(): Promise<FoundOffset | null | StorageError> {
    return this.#search(() => findMaxTimestamp(this.#segments));
  }

  /** The aborted transactions that have records in the range, in the order of their first offsets. */
  abortedTransactions(from: number, upTo: number): readonly AbortedTransaction[] | StorageError {
    return this.#health.attempt(() => {
      const aborted: AbortedTransaction[] = [];
      for (const segment of this.#segments.from(from)) if (segment.aborted.collect(from, upTo, aborted)) break;
      return aborted.sort((a, b) => a.firstOffset - b.firstOffset);
    });
  }

  async #search<T>(search: () => Promise<T>): Promise<T | StorageError> {
    for (;;) {
      const { failure } = this.#health;
      if (failure !== null) return storageError(failure);
      const searched = [...this.#segments.all];
      try {
        return await search();
      } catch (error) {
        // Retention or compaction took a segment away meanwhile: there is another to be looked at, or none.
        if (!searched.some(({ isClosed }) => isClosed)) return this.#health.failed(error);
      }
    }
  }

  async #fetchCold(segment: Segment, request: ReadRequest): Promise<LogRead> {
    try {
      const read = await readCold(segment, this.#buffers, this.#warm, request);
      if (read !== null) return read;
      // Compaction may have emptied the end of the segment: what follows is in the next one.
      const next = this.#segments.after(segment);
      const isEnd = next === null || next.baseOffset >= request.upTo;
      return isEnd ? nothingRead(request.from) : this.#fetchCold(next, request);
    } catch (error) {
      // Retention or compaction took the segment away meanwhile.
      if (segment.isClosed) return this.fetch(request);
      return this.#health.failed(error);
    }
  }
}
