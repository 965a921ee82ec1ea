import type { ErrorCode } from "../protocol/errors.js";

/**
 * The log under a state machine, as a port: a partition led by this broker, or the controller's leadership.
 * Whoever hands it out closes it by `onLost`; a lost log never comes back, its shard is dropped and loaded anew.
 */
export interface ShardLog {
  /** The leader epoch under which this log is held. */
  readonly epoch: number;
  /** The offset that the next record gets. */
  readonly endOffset: number;
  /** Everything below is durable as the log's owner promises it: the high watermark, or won in the engine. */
  readonly committedOffset: number;
  /** The largest batch that it takes now. */
  readonly batchBytesMax: number;
  /** Why no records may be appended now; null: they may. The next `append` in the same breath keeps to the answer. */
  refusal(): ErrorCode | null;
  /** Synchronous and in order. A batch is atomic. The result says where the log ends now. */
  append(batch: BatchToWrite): { readonly endOffset: number } | { readonly refused: ErrorCode };
  /**
   * Whole record batches, in slices, from the one that holds `offset` (or from where the log starts, if that is later) up
   * to the end at the time of the call: for loading.
   */
  read(offset: number): AsyncIterable<Uint8Array>;
  /** Told after `committedOffset` has moved. One listener. */
  onCommitted(run: (committedOffset: number) => void): void;
  /** Told once, when the log is this broker's no more or has failed. One listener. */
  onLost(run: (why: ErrorCode) => void): void;
  /** The shard is over: its listeners are let go, also where the log lives on and another shard is loaded from it. */
  close(): void;
}

export interface BatchToWrite {
  readonly records: readonly { readonly key: Uint8Array | null; readonly value: Uint8Array | null }[];
  readonly timestampMs: number;
  /** The batch belongs to this producer's transaction; else null. */
  readonly producer: { readonly id: number; readonly epoch: number } | null;
}
