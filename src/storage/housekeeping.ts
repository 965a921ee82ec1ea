/**
 * The work that logs need now and then, whether or not anybody writes to them: retention and flushing by age. It runs in
 * small steps between the work for clients.
 */
import type { Cancellable, Environment } from "../lib/environment.js";
import type { PartitionLog } from "./partition-log.js";
import type { Removals } from "./removals.js";

export interface HousekeepingIntervals {
  /** `log.initial.task.delay.ms`: until the first round of each kind. */
  readonly initialDelayMs: number;
  /** `log.retention.check.interval.ms` */
  readonly retentionCheckMs: number;
  /** `log.flush.scheduler.interval.ms` */
  readonly flushCheckMs: number;
}

export interface HousekeepingOptions {
  readonly environment: Pick<Environment, "clock" | "offload">;
  readonly intervals: HousekeepingIntervals;
  readonly logs: () => readonly PartitionLog[];
  /** Makes the start offsets of all logs durable; false when the disk fails. */
  readonly saveStartOffsets: () => boolean;
  readonly removals: Removals;
}

export class Housekeeping {
  readonly #options: HousekeepingOptions;
  readonly #next = new Set<Cancellable>();
  #isStopped = false;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  start(): void {
    const { initialDelayMs, retentionCheckMs, flushCheckMs } = this.#options.intervals;
    this.#after(initialDelayMs, retentionCheckMs, { name: "delete old segments", run: () => this.#retain() });
    this.#after(initialDelayMs, flushCheckMs, { name: "flush old records", run: () => this.#flush() });
  }

  stop(): void {
    this.#isStopped = true;
    for (const next of this.#next) next.cancel();
  }

  /** The next round begins so long after the one before has ended. */
  #after(delayMs: number, intervalMs: number, round: { name: string; run: () => Generator<void, void, void> }): void {
    const { environment } = this.#options;
    const { clock } = environment;
    const next = clock.at(clock.monotonicMs() + delayMs, () => {
      this.#next.delete(next);
      void environment.offload(round, null).then(() => {
        if (!this.#isStopped) this.#after(intervalMs, intervalMs, round);
      });
    });
    this.#next.add(next);
  }

  /** A segment goes only when it is durable that the log begins behind it: a power cut brings no old record back. */
  *#retain(): Generator<void, void, void> {
    const { environment, logs, saveStartOffsets } = this.#options;
    for (;;) {
      const shortened: PartitionLog[] = [];
      for (const log of logs()) {
        if (this.#isStopped) return;
        if (log.applyRetention(environment.clock.wallMs())) shortened.push(log);
        yield;
      }
      if (shortened.length === 0 || !saveStartOffsets()) return;
      for (const log of shortened) yield* this.#retire(log);
    }
  }

  *#retire(log: PartitionLog): Generator<void, void, void> {
    for (;;) {
      if (this.#isStopped) return;
      const files = log.retireSegment();
      if (files.length === 0) return;
      this.#options.removals.later(files, log.config.fileDeleteDelayMs);
      yield;
    }
  }

  /** `flush.ms` */
  *#flush(): Generator<void, void, void> {
    const nowMs = this.#options.environment.clock.monotonicMs();
    for (const log of this.#options.logs()) {
      if (this.#isStopped) return;
      void log.flushIfOld(nowMs);
      yield;
    }
  }
}
