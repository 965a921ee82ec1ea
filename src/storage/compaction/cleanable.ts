/** Which part of a log compaction may touch, how much of it is dirty, and whether that is enough to begin. */
import { HEADER_BYTES } from "../../protocol/records/layout.js";
import type { LogConfig } from "../log-config.js";
import type { PartitionLog } from "../partition-log.js";
import { RELATIVE_OFFSET_MAX } from "../segments/offset-index.js";
import type { Segment } from "../segments/segment.js";
import { TIME_ENTRY_BYTES } from "../segments/time-index.js";

export interface CleanableLog {
  readonly log: PartitionLog;
  /** All that may be written anew, the oldest first. */
  readonly segments: readonly Segment[];
  /** Behind the last of them. */
  readonly endOffset: number;
  /** What lies below was compacted before. */
  readonly firstDirtyOffset: number;
  /** The dirty part of the bytes, from 0 to 1. */
  readonly dirtyRatio: number;
  /** Enough is dirty, or something has been dirty for `max.compaction.lag.ms`. */
  readonly isDue: boolean;
}

/** Null: nothing is dirty, as far as compaction may go. */
export function cleanableLog(log: PartitionLog, compactedTo: number, nowMs: number): CleanableLog | null {
  const { config, logStartOffset } = log;
  const isBeyond = compactedTo > log.endOffset;
  const firstDirtyOffset = Math.max(logStartOffset, isBeyond ? 0 : compactedTo);
  const { segments, endOffset } = committedSegments(log, firstDirtyOffset, nowMs);
  const dirty = segments.filter((_, at) => (segments[at + 1]?.baseOffset ?? endOffset) > firstDirtyOffset);
  const dirtyBytes = bytesOf(dirty);
  if (dirtyBytes === 0) return null;
  const dirtyRatio = dirtyBytes / bytesOf(segments);
  const isDue = dirtyRatio > config.minCleanableDirtyRatio || isOverdue(dirty, config, nowMs);
  return { log, segments, endOffset, firstDirtyOffset, dirtyRatio, isDue };
}

/**
 * Not the active segment, nothing that is not committed, nothing that could be lost in a power cut after an older record
 * was given up for it, and nothing younger than `min.compaction.lag.ms`.
 */
function committedSegments(
  log: PartitionLog,
  firstDirtyOffset: number,
  nowMs: number,
): { readonly segments: readonly Segment[]; readonly endOffset: number } {
  const { all } = log.internals.segments;
  const boundary = Math.min(log.lastStableOffset, log.recoveryPoint);
  const { minCompactionLagMs } = log.config;
  let count = 0;
  for (const [at, segment] of all.entries()) {
    const end = all[at + 1]?.baseOffset;
    if (end === undefined || end > boundary) break;
    const isYoung = () => segment.maxTimestamp.timestampMs > nowMs - minCompactionLagMs;
    if (minCompactionLagMs > 0 && end > firstDirtyOffset && isYoung()) break;
    count++;
  }
  return { segments: all.slice(0, count), endOffset: all[count]?.baseOffset ?? 0 };
}

function isOverdue(dirty: readonly Segment[], { maxCompactionLagMs }: LogConfig, nowMs: number): boolean {
  // The earliest time at which something can be overdue is 1970: no need to look.
  if (maxCompactionLagMs >= nowMs) return false;
  return dirty.some((segment) => {
    const timestampMs = segment.scanFrom(0).next()?.maxTimestampMs ?? -1;
    return timestampMs > 0 && timestampMs < nowMs - maxCompactionLagMs;
  });
}

/** Neighbours that fit into one segment together, whatever stays of them. */
export function groupedSegments(segments: readonly Segment[], endOffset: number, config: LogConfig): Segment[][] {
  const groups: Segment[][] = [];
  let group: Segment[] = [];
  for (const [at, segment] of segments.entries()) {
    const [first] = group;
    const bytes = bytesOf(group) + segment.bytes;
    const lastOffset = (segments[at + 1]?.baseOffset ?? endOffset) - 1;
    const fits =
      first !== undefined &&
      bytes <= config.segmentBytes &&
      indexBytesMax(bytes, config) <= config.segmentIndexBytes &&
      lastOffset - first.baseOffset <= RELATIVE_OFFSET_MAX;
    if (!fits) {
      group = [];
      groups.push(group);
    }
    group.push(segment);
  }
  return groups;
}

/** An entry stands for `index.interval.bytes` at least, and for a batch at least. */
function indexBytesMax(bytes: number, { indexIntervalBytes }: LogConfig): number {
  return (bytes / Math.max(indexIntervalBytes, HEADER_BYTES)) * TIME_ENTRY_BYTES;
}

function bytesOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segment.bytes, 0);
}
