/**
 * Which records retention gives up: by size and by age, whole segments from the oldest on, and nothing that is not
 * committed. The order of the rules is Apache Kafka's: first the size, then the age of what the size leaves.
 */
import type { LogConfig } from "./log-config.js";

interface RetainedSegment {
  readonly baseOffset: number;
  readonly bytes: number;
  /** The largest timestamp of its records; of records without any, when the file was last written. */
  readonly newestMs: number;
}

export interface RetainedLog {
  /** In the order of their offsets. */
  readonly segments: readonly RetainedSegment[];
  readonly logStartOffset: number;
  readonly highWatermark: number;
  readonly endOffset: number;
}

export type RetentionRules = Pick<LogConfig, "cleanupPolicy" | "retentionMs" | "retentionBytes">;

/** So many segments are given up at once; the rest is left for the next time, so that nobody waits long. */
const SEGMENTS_AT_ONCE = 100;

/** Where the log begins for these rules. It may be the end of the log: then the active segment goes too. */
export function retainFrom(log: RetainedLog, rules: RetentionRules, nowMs: number): number {
  const { segments, logStartOffset, highWatermark, endOffset } = log;
  if (!rules.cleanupPolicy.delete) return logStartOffset;
  const endOf = (at: number) => segments[at + 1]?.baseOffset ?? endOffset;
  const first = Math.max(
    segments.findIndex((_, at) => endOf(at) > logStartOffset),
    0,
  );
  let excessBytes = segments.slice(first).reduce((sum, { bytes }) => sum + bytes, -rules.retentionBytes);
  const isTooMuch = ({ bytes }: RetainedSegment) => rules.retentionBytes >= 0 && bytes <= excessBytes;
  const isTooOld = ({ newestMs }: RetainedSegment) => rules.retentionMs >= 0 && nowMs - newestMs > rules.retentionMs;
  let from = logStartOffset;
  let bySize = true;
  for (const [at, segment] of segments.slice(first, first + SEGMENTS_AT_ONCE).entries()) {
    bySize &&= isTooMuch(segment);
    if (endOf(first + at) > highWatermark || !(bySize || isTooOld(segment))) break;
    excessBytes -= segment.bytes;
    from = Math.max(from, endOf(first + at));
  }
  return from;
}
