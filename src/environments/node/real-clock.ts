import type { Cancellable, Clock } from "../../lib/environment.js";
import { TimerQueue } from "../../lib/timer-queue.js";
import { monotonicMs } from "./monotonic.js";

/** The longest delay that Node takes; a later deadline is reached in several steps. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/** The time of this machine. However many deadlines there are, one timer of Node's waits for the earliest. */
export class RealClock implements Clock {
  readonly #deadlines = new TimerQueue();
  #timer: NodeJS.Timeout | null = null;
  #timerDueMs = Number.POSITIVE_INFINITY;

  monotonicMs(): number {
    return monotonicMs();
  }

  wallMs(): number {
    return Date.now();
  }

  at(monotonicMs: number, run: () => void): Cancellable {
    const deadline = this.#deadlines.add(monotonicMs, run);
    if (monotonicMs < this.#timerDueMs) this.#arm(monotonicMs);
    return deadline;
  }

  /** Timers do not keep the process alive: listeners and connections do. */
  #arm(dueMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const delayMs = Math.min(Math.max(0, Math.ceil(dueMs - this.monotonicMs())), DELAY_MS_MAX);
    this.#timerDueMs = dueMs;
    this.#timer = setTimeout(this.#listenFirst, delayMs).unref();
  }

  /**
   * A process that stood still, or worked for too long, finds its deadlines passed and what would have kept them waiting
   * in its sockets: nobody is taken for dead before that was read. Node reads it between its timers and its immediates.
   */
  readonly #listenFirst = (): void => void setImmediate(this.#wake);

  /** A cancelled deadline leaves its timer to fire in vain: cheaper than moving the timer at every cancel. */
  readonly #wake = (): void => {
    this.#timer = null;
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    const nowMs = this.monotonicMs();
    try {
      for (let run = this.#deadlines.takeDue(nowMs); run !== null; run = this.#deadlines.takeDue(nowMs)) run();
    } finally {
      const next = this.#deadlines.nextDueMs();
      if (next !== null && next < this.#timerDueMs) this.#arm(next);
    }
  };
}
