import type { Files } from "../lib/environment.js";
import type { ReusedBuffers } from "../lib/reused-buffers.js";
import type { SharedFolderSync } from "./files/shared-folder-sync.js";
import type { LeaderEpochs } from "./leader-epochs.js";
import type { LogConfig } from "./log-config.js";
import type { ProducerState } from "./producers/producer-state.js";
import type { WarmPieces } from "./reads/warm-pieces.js";
import type { Segments } from "./segments/segments.js";

/** Which log it is, where it lies, and what it shares with the others of its data folder. */
export interface PlacedLog {
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string | null;
  readonly files: Files;
  readonly folder: string;
  /** Of the data folder. */
  readonly parent: SharedFolderSync;
  readonly buffers: ReusedBuffers;
  readonly warm: WarmPieces;
  readonly config: LogConfig;
}

/** What a log is made of once it is loaded. */
export interface LogParts extends PlacedLog {
  readonly segments: Segments;
  readonly leaderEpochs: LeaderEpochs;
  readonly producers: ProducerState;
  /** By their offsets: the first flush makes them durable. */
  readonly unsyncedSnapshots: readonly number[];
  readonly logStartOffset: number;
  readonly endOffset: number;
  readonly highWatermark: number;
  /** Everything below is durable. */
  readonly recoveryPoint: number;
}
