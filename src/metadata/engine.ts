/**
 * The metadata engine, as a port: a fenced, linearizable log of metadata. Its unit is one record batch (magic 2), built
 * by the controller with base offset and epoch in its header; a batch is atomic. An engine shows only what is
 * committed: durable on the local disk, or won in etcd.
 */
import type { Address } from "../lib/environment.js";

export interface MetadataEngine {
  /** The largest batch that `Leadership.append` takes. */
  readonly batchBytesMax: number;
  /**
   * Opens the log, or makes it if there is none. Another cluster's log is refused. Rejects with `EngineProblem`.
   * What lies below `committedOffset` was committed before: who follows up to there knows the present state.
   */
  open(wantedClusterId?: string): Promise<{ readonly clusterId: string; readonly committedOffset: number }>;
  /** The newest snapshot: the offset behind what it holds, and its record batches. Null when there is none. */
  latestSnapshot(): Promise<Snapshot | null>;
  /**
   * Gives `on` every committed batch from `from` on, in order, as they come, until the signal: `aborted`. A batch must
   * be used or copied within the call. `trimmed`: the log no longer reaches back to `from`; begin with the snapshot.
   */
  follow(from: number, on: (batch: Uint8Array) => void, until: AbortSignal): Promise<"aborted" | "trimmed">;
  /** Tells who leads now, and whenever that changes. */
  watchLeader(on: (leader: Leader | null) => void, until: AbortSignal): void;
  /** Waits until `me` is the leader. Rejects when the signal comes first. */
  campaign(me: Candidate, until: AbortSignal): Promise<Leadership>;
  close(): Promise<void>;
}

export interface Snapshot {
  /** The offset behind the last record that went into it. */
  readonly next: number;
  /** The controller epoch of that record. */
  readonly epoch: number;
  /** Whole record batches, in slices. Rejects with `SnapshotReplaced` when newer ones have taken its place meanwhile. */
  readonly batches: AsyncIterable<Uint8Array>;
}

export interface Candidate {
  readonly brokerId: number;
  readonly endpoint: Address;
}

export interface Leader extends Candidate {
  readonly epoch: number;
}

export interface Leadership {
  /** Strictly increasing from leader to leader. */
  readonly epoch: number;
  /** Replay up to here before the first decision; the first batch begins here. */
  readonly next: number;
  /** A hint that it is over; `append` is the proof. */
  readonly lost: AbortSignal;
  /** One in flight at a time. Rejects when the log itself fails: the batch may or may not be there after a restart. */
  append(baseOffset: number, batch: Uint8Array): Promise<"committed" | "fenced">;
  /**
   * Writes down what all records below `next` come to, in batches of at most `batchBytesMax`, and then trims the log up to
   * there. Rejects when it cannot: the last snapshot stays. One at a time; appends go on meanwhile.
   */
  saveSnapshot(next: number, epoch: number, batches: AsyncIterable<Uint8Array>): Promise<void>;
  resign(): Promise<void>;
}

/** Begin again with the latest one. */
export class SnapshotReplaced extends Error {
  constructor() {
    super("The snapshot was replaced while it was read");
    this.name = "SnapshotReplaced";
  }
}

/** What a person has to put right before the engine can work, in words for them. */
export class EngineProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EngineProblem";
  }
}
