import type { Files } from "../lib/environment.js";
import type { ReusedBuffers } from "../lib/reused-buffers.js";
import type { LeaderEpochs } from "./leader-epochs.js";
import type { LogConfig } from "./log-config.js";
import type { ProducerState } from "./producers/producer-state.js";
import type { WarmPieces } from "./reads/warm-pieces.js";
import type { Segments } from "./segments/segments.js";
import type { SharedFolderSync } from "./shared-folder-sync.js";

/** What a log is made of once it is loaded. */
export interface LogParts {
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
