/** What may leave only when the log is committed up to an offset: answers, which give up after a while, and errands. */
import type { Cancellable, Clock } from "../lib/environment.js";

export interface HeldItem {
  readonly offset: number;
  /** The log is committed up to `offset`. */
  readonly release: () => void;
  /** It was not in time. An item without patience waits as long as the log lives. */
  readonly patience: { readonly untilMs: number; readonly giveUp: () => void } | null;
}

export class Held {
  readonly #wire: Clock;
  /** By offset; equal ones in the order in which they came. */
  #items: HeldItem[] = [];
  #timer: { readonly dueMs: number; readonly timer: Cancellable } | null = null;

  constructor(wire: Clock) {
    this.#wire = wire;
  }

  hold(item: HeldItem): void {
    let at = this.#items.length;
    while (at > 0 && (this.#items[at - 1]?.offset ?? 0) > item.offset) at--;
    this.#items.splice(at, 0, item);
    if (item.patience !== null) this.#wakeAt(item.patience.untilMs);
  }

  /** Releases everything that waited for `committedOffset` or less. */
  committed(committedOffset: number): void {
    if (this.#items.length === 0) return;
    const kept = this.#items.findIndex(({ offset }) => offset > committedOffset);
    const released = this.#items.splice(0, kept < 0 ? this.#items.length : kept);
    for (const item of released) item.release();
    if (this.#items.length === 0) this.#cancelTimer();
  }

  /** Forgets everything. */
  clear(): void {
    this.#items = [];
    this.#cancelTimer();
  }

  #wakeAt(dueMs: number): void {
    if (this.#timer !== null && this.#timer.dueMs <= dueMs) return;
    this.#cancelTimer();
    this.#timer = { dueMs, timer: this.#wire.at(dueMs, () => this.#expire()) };
  }

  #expire(): void {
    this.#timer = null;
    const nowMs = this.#wire.monotonicMs();
    const isLate = ({ patience }: HeldItem) => patience !== null && patience.untilMs <= nowMs;
    const late = this.#items.filter(isLate);
    this.#items = this.#items.filter((item) => !isLate(item));
    for (const { patience } of this.#items) if (patience !== null) this.#wakeAt(patience.untilMs);
    for (const item of late) item.patience?.giveUp();
  }

  #cancelTimer(): void {
    this.#timer?.timer.cancel();
    this.#timer = null;
  }
}
