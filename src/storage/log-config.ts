/**
 * What a partition log is told about itself, as plain values: the broker derives them from the configuration of the
 * topic and its own defaults. The names are those of the topic properties.
 */
import type { TimestampType } from "../protocol/records/batch.js";
import type { CodecName } from "../protocol/records/codecs.js";

export interface LogConfig {
  readonly segmentBytes: number;
  readonly segmentMs: number;
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
  readonly minInsyncReplicas: number;
  /** Of the broker: how long the sequences of a silent producer are remembered. */
  readonly producerIdExpirationMs: number;
}
