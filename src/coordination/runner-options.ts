/** What a `Runner` is made of: the machine, the log under it, and the ways out of it. */
import type { Environment } from "../lib/environment.js";
import type { MetadataImage } from "../metadata/image/image.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import type { RecordCodec } from "./record-codec.js";
import type { ShardLog } from "./shard-log.js";
import type { MachineTypes, StateMachine } from "./state-machine.js";

export interface RunnerOptions<T extends MachineTypes> {
  readonly machine: StateMachine<T>;
  readonly log: ShardLog;
  readonly codec: RecordCodec<T["Rec"]>;
  readonly environment: Pick<Environment, "clock" | "wire" | "endOfTurn" | "offload">;
  /** The metadata as it is when the log has been loaded. */
  readonly metadata: () => MetadataImage;
  /** Never rejects: what went wrong is part of the result. */
  readonly runErrand: (errand: T["Errand"]) => Promise<T["ErrandResult"]>;
  readonly answers: RunnerAnswers;
  readonly limits: RunnerLimits;
  /** The log has been loaded: from now on calls are decided. */
  readonly onServing?: () => void;
  /** The log was lost, or the state is no more to be trusted. Told once; not told after `close`. */
  readonly onOver: (why: ErrorCode) => void;
  /** An error that the machine threw. */
  readonly onBug: (error: unknown) => void;
}

/** What callers get when the machine cannot be asked. */
export interface RunnerAnswers {
  readonly loading: ErrorCode;
  readonly lost: ErrorCode;
  readonly full: ErrorCode;
}

export const coordinatorAnswers: RunnerAnswers = {
  loading: errors.COORDINATOR_LOAD_IN_PROGRESS.code,
  lost: errors.NOT_COORDINATOR.code,
  full: errors.COORDINATOR_NOT_AVAILABLE.code,
};

interface RunnerLimits {
  /** `offsets.commit.timeout.ms`: how long an answer waits for its records to be committed. */
  readonly commitTimeoutMs: number;
  /** How many callers may wait at a time. */
  readonly ticketsMax: number;
}
