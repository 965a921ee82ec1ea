/** How long records have been written to a segment, for `segment.ms` and its jitter. */
import { crc32c } from "../../protocol/records/crc32c.js";
import type { LogConfig } from "../log-config.js";

export class SegmentAge {
  readonly #path: string;
  readonly #createdMs: number;
  #firstTimestampMs: number | null = null;
  #jitterShare: number | null = null;

  constructor(path: string, createdMs: number) {
    this.#path = path;
    this.#createdMs = createdMs;
  }

  /** False: the first batch must be looked at. */
  get isKnown(): boolean {
    return this.#firstTimestampMs !== null;
  }

  /** By the time of its first batch; -1 for records without any. Null: that is not known, or there is none any more. */
  beginAt(firstTimestampMs: number | null): void {
    this.#firstTimestampMs = firstTimestampMs;
  }

  /** Whether a batch of this time comes too late for it. */
  isOverAt(maxTimestampMs: number, nowMs: number, config: LogConfig): boolean {
    const first = this.#firstTimestampMs ?? -1;
    const waitedMs = first >= 0 ? maxTimestampMs - first : nowMs - this.#createdMs;
    return waitedMs > config.segmentMs - this.#jitterMs(config);
  }

  /** Not chance, but as good: the segments of no two partitions have it in common. */
  #jitterMs({ segmentJitterMs, segmentMs }: LogConfig): number {
    if (segmentJitterMs === 0) return 0;
    this.#jitterShare ??= crc32c(Buffer.from(this.#path)) / 2 ** 32;
    return Math.floor(this.#jitterShare * Math.min(segmentJitterMs, segmentMs));
  }
}
