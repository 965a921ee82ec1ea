import type { Clock, Environment } from "../../src/lib/environment.js";
import { TimerQueue } from "../../src/lib/timer-queue.js";

/** A clock that stands still until the test moves it. */
export class ManualClock implements Clock {
  readonly #timers = new TimerQueue();
  readonly #wallStartMs: number;
  #nowMs = 0;

  constructor(wallStartMs = 1_700_000_000_000) {
    this.#wallStartMs = wallStartMs;
  }

  get timers(): number {
    return this.#timers.size;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallStartMs + this.#nowMs;
  }

  at(monotonicMs: number, run: () => void) {
    return this.#timers.add(monotonicMs, run);
  }

  /** Moves the time on, and runs what falls due, each thing at its own time. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let dueMs = this.#timers.nextDueMs(); dueMs !== null && dueMs <= untilMs; dueMs = this.#timers.nextDueMs()) {
      this.#nowMs = Math.max(this.#nowMs, dueMs);
      this.#timers.takeDue(this.#nowMs)?.();
    }
    this.#nowMs = untilMs;
  }
}

/** Both clocks by hand; a turn ends when the test lets promises settle; work off the loop is done at once. */
export function manualEnvironment() {
  const clock = new ManualClock();
  const wire = new ManualClock();
  const offload: Environment["offload"] = async (job, input) => {
    const steps = job.run(input);
    for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
  };
  const endOfTurn: Environment["endOfTurn"] = (run) => queueMicrotask(run);
  return { clock, wire, endOfTurn, offload };
}

/** Lets every promise that is ready settle. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
