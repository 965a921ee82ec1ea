/** The one timer of a state machine: it rings when the machine should look at the time again. */
import type { Cancellable, Clock } from "../lib/environment.js";

export class Deadline {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #set: { readonly dueMs: number; readonly timer: Cancellable } | null = null;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = () => {
      this.#set = null;
      ring();
    };
  }

  /** It rings no sooner from now on, whatever is wanted. */
  holdOff(untilMs: number): void {
    this.#notBeforeMs = untilMs;
  }

  /** When it shall ring; null: not at all. */
  set(wantedMs: number | null): void {
    const dueMs = wantedMs === null ? null : Math.max(wantedMs, this.#notBeforeMs);
    if (dueMs === (this.#set?.dueMs ?? null)) return;
    this.#set?.timer.cancel();
    this.#set = dueMs === null ? null : { dueMs, timer: this.#clock.at(dueMs, this.#ring) };
  }

  cancel(): void {
    this.#set?.timer.cancel();
    this.#set = null;
  }
}
