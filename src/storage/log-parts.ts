import type { Files } from "../lib/environment.js";
import type { LeaderEpochs } from "./leader-epochs.js";
import type { LogConfig } from "./log-config.js";
import type { ProducerState } from "./producer-state.js";
import type { ReadBuffers } from "./read-buffers.js";
import type { Segments } from "./segments.js";
import type { WarmPieces } from "./warm-pieces.js";

/** What a log is made of once it is loaded. */
export interface LogParts {
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string | null;
  readonly files: Files;
  readonly folder: string;
  readonly buffers: ReadBuffers;
  readonly warm: WarmPieces;
  readonly config: LogConfig;
  readonly segments: Segments;
  readonly leaderEpochs: LeaderEpochs;
  readonly producers: ProducerState;
  readonly logStartOffset: number;
  readonly endOffset: number;
  readonly highWatermark: number;
  /** Everything below is durable. */
  readonly recoveryPoint: number;
}
