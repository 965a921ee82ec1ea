/** `log.cleaner.io.max.bytes.per.second`: makes background work wait so that it reads and writes no more than that. */
import type { Clock } from "../../lib/environment.js";

/** However little is allowed, the work goes on after so long. */
const WAIT_MS_MAX = 60_000;

export class Pacer {
  readonly #clock: Clock;
  readonly #bytesPerSecondMax: () => number;
  /** Until then, what was read and written is as much as allowed. */
  #paidUntilMs = 0;
  #wake: (() => void) | null = null;
  #isStopped = false;

  /** `bytesPerSecondMax` may be told otherwise at any time. */
  constructor(clock: Clock, bytesPerSecondMax: () => number) {
    this.#clock = clock;
    this.#bytesPerSecondMax = bytesPerSecondMax;
  }

  /** Takes note of so many bytes, and lets time pass if they came too early. One caller waits at a time. */
  async spend(bytes: number): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    const wantedMs = Math.max(this.#paidUntilMs, nowMs) + (bytes * 1000) / this.#bytesPerSecondMax();
    this.#paidUntilMs = Math.min(wantedMs, nowMs + WAIT_MS_MAX);
    if (this.#isStopped || this.#paidUntilMs - nowMs < 1) return;
    await new Promise<void>((resolve) => {
      const timer = this.#clock.at(this.#paidUntilMs, resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
    this.#wake = null;
  }

  /** Nobody waits any more. */
  stop(): void {
    this.#isStopped = true;
    this.#wake?.();
  }
}
