/**
 * What a partition log is told about itself, as plain values: the broker derives them from the configuration of the
 * topic and its own defaults. The names are those of the topic properties.
 */
import type { TimestampType } from "../protocol/records/batch.js";
import type { CodecName } from "../protocol/records/codecs.js";

export interface LogConfig {
  readonly segmentBytes: number;
  readonly segmentMs: number;
  /** A random time up to this is taken off `segmentMs`, so that segments that began together do not end together. */
  readonly segmentJitterMs: number;
  /** The most that an index file of one segment may hold. */
  readonly segmentIndexBytes: number;
  readonly indexIntervalBytes: number;
  readonly maxMessageBytes: number;
  readonly messageTimestampType: TimestampType;
  readonly messageTimestampBeforeMaxMs: number;
  readonly messageTimestampAfterMaxMs: number;
  /** `producer`: batches stay as they were sent. */
  readonly compressionType: CodecName | "producer" | "uncompressed";
  readonly cleanupPolicy: { readonly compact: boolean; readonly delete: boolean };
  /** So large must the part of a log be that compaction has not seen, from 0 to 1, before it begins. */
  readonly minCleanableDirtyRatio: number;
  /** Records stay uncompacted for at least so long. */
  readonly minCompactionLagMs: number;
  /** Records stay uncompacted for at most so long, and then compaction begins however little is dirty. */
  readonly maxCompactionLagMs: number;
  /** How long compaction keeps tombstones from when it meets them first. */
  readonly deleteRetentionMs: number;
  /** -1: records never become too old. */
  readonly retentionMs: number;
  /** -1: the log never becomes too large. */
  readonly retentionBytes: number;
  /** How long the files of a deleted segment stay, under other names. */
  readonly fileDeleteDelayMs: number;
  /** So many records may be in the log before it is made durable; with 1, each is before it is answered. */
  readonly flushMessages: number;
  /** For so long records may be in the log before it is made durable. */
  readonly flushMs: number;
  readonly minInsyncReplicas: number;
  /** Of the broker: how long the sequences of a silent producer are remembered. */
  readonly producerIdExpirationMs: number;
}
