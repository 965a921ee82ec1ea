/** What compaction sees of a log, and how it changes the files of the log without hiding that the disk has failed. */
import type { Files } from "../lib/environment.js";
import type { StorageError } from "./log-results.js";
import type { ProducerState } from "./producers/producer-state.js";
import type { Segments } from "./segments/segments.js";

export interface LogInternals {
  readonly files: Files;
  readonly segments: Segments;
  readonly producers: ProducerState;
  /** How often the log was cut. */
  readonly rewinds: number;
  /** When the disk fails in `run`, the log is offline. */
  attempt<T>(run: () => T): T | StorageError;
}
