/** Tells a person who waits how far the check of the logs has come. */
import type { Clock } from "../../lib/environment.js";
import type { Logger } from "../../observability/logger.js";
import type { LeftHow } from "./folder-logs.js";

/** A line at most so often. */
const LINE_MS = 5_000;

export class RecoveryProgress {
  readonly #folder: string;
  readonly #left: LeftHow;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #beganMs: number;
  #nextLineMs: number;

  constructor(folder: string, left: LeftHow, clock: Clock, logger: Logger) {
    this.#folder = folder;
    this.#left = left;
    this.#clock = clock;
    this.#logger = logger;
    this.#beganMs = clock.monotonicMs();
    this.#nextLineMs = this.#beganMs + LINE_MS;
  }

  loaded(done: number, of: number): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#nextLineMs) return;
    this.#nextLineMs = nowMs + LINE_MS;
    this.#logger.info({ folder: this.#folder }, `${this.#verb} ${done} of ${of} logs`);
  }

  /** Logs that were closed cleanly are not worth a line. */
  end(count: number): void {
    if (this.#left === "cleanly" || count === 0) return;
    const tookMs = Math.round(this.#clock.monotonicMs() - this.#beganMs);
    this.#logger.info(
      { folder: this.#folder, tookMs },
      `checked ${count} logs after ${this.#left === "failed" ? "a failure of the disk" : "an unclean stop"}`,
    );
  }

  get #verb(): string {
    return this.#left === "cleanly" ? "loaded" : "checked";
  }
}
