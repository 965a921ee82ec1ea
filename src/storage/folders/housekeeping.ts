/**
 * The work that logs need now and then, whether or not anybody writes to them: retention and flushing by age. It runs in
 * small steps between the work for clients.
 */
import type { Cancellable, Environment } from "../../lib/environment.js";
import type { PartitionLog } from "../partition-log.js";
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
  /** Makes the start offsets of all logs durable, if they are still wanted then; false when the disk fails. */
  readonly saveStartOffsets: (isWanted: () => boolean) => Promise<boolean>;
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
    this.#after(initialDelayMs, retentionCheckMs, () => this.#retain());
    this.#after(initialDelayMs, flushCheckMs, () => this.#inSteps("flush old records", () => this.#flush()));
  }

  stop(): void {
    this.#isStopped = true;
    for (const next of this.#next) next.cancel();
  }

  /** The next round begins so long after the one before has ended. */
  #after(delayMs: number, intervalMs: number, round: () => Promise<unknown>): void {
    const { clock } = this.#options.environment;
    const next = clock.at(clock.monotonicMs() + delayMs, () => {
      this.#next.delete(next);
      void round().then(() => {
        if (!this.#isStopped) this.#after(intervalMs, intervalMs, round);
      });
    });
    this.#next.add(next);
  }

  #inSteps<T>(name: string, run: () => Generator<void, T, void>): Promise<T> {
    return this.#options.environment.offload({ name, run }, null);
  }

  /** A segment goes only when it is durable that the log begins behind it: a power cut brings no old record back. */
  async #retain(): Promise<void> {
    for (;;) {
      const shortened = await this.#inSteps("find old segments", () => this.#shorten());
      if (shortened.length === 0 || !(await this.#options.saveStartOffsets(() => !this.#isStopped))) return;
      for (const log of shortened) await this.#inSteps("delete old segments", () => this.#retire(log));
    }
  }

  /** The logs that begin later now. */
  *#shorten(): Generator<void, readonly PartitionLog[], void> {
    const shortened: PartitionLog[] = [];
    for (const log of this.#options.logs()) {
      if (this.#isStopped) return [];
      if (log.applyRetention(this.#options.environment.clock.wallMs())) shortened.push(log);
      yield;
    }
    return shortened;
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
