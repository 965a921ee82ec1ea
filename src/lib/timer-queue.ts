import type { Cancellable } from "./environment.js";

/**
 * The deadlines of one clock, earliest first, as a binary heap; equal ones keep the order in which they were added.
 * It knows no time of its own: the clock that owns it asks for what is due.
 */
export class TimerQueue {
  readonly #heap: Timer[] = [];
  #added = 0;

  /** Adds a deadline. Cancelling costs O(log n) and does nothing once the deadline has been taken. */
  add(dueMs: number, run: () => void): Cancellable {
    const timer = new Timer(this, dueMs, this.#added++, run);
    this.#place(timer, this.#heap.length);
    this.#rise(timer);
    return timer;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** When the earliest deadline is due; null when there is none. */
  nextDueMs(): number | null {
    return this.#heap[0]?.dueMs ?? null;
  }

  /** Removes the earliest deadline and returns what it runs, if it is due by now. */
  takeDue(nowMs: number): (() => void) | null {
    const first = this.#heap[0];
    if (first === undefined || first.dueMs > nowMs) return null;
    this.remove(first);
    return first.run;
  }

  /** For `Timer.cancel`. */
  remove(timer: Timer): void {
    const hole = timer.index;
    if (hole < 0) return;
    timer.index = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === timer) return;
    this.#place(last, hole);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(timer: Timer): void {
    while (timer.index > 0) {
      const parent = this.#heap[(timer.index - 1) >> 1];
      if (parent === undefined || !timer.before(parent)) return;
      this.#swap(timer, parent);
    }
  }

  #sink(timer: Timer): void {
    for (;;) {
      const left = this.#heap[2 * timer.index + 1];
      if (left === undefined) return;
      const right = this.#heap[2 * timer.index + 2];
      const child = right?.before(left) ? right : left;
      if (!child.before(timer)) return;
      this.#swap(child, timer);
    }
  }

  #swap(a: Timer, b: Timer): void {
    const index = a.index;
    this.#place(a, b.index);
    this.#place(b, index);
  }

  #place(timer: Timer, index: number): void {
    timer.index = index;
    this.#heap[index] = timer;
  }
}

class Timer implements Cancellable {
  readonly #queue: TimerQueue;
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
  /** Where it stands in the heap; -1 once it is taken or cancelled. */
  index = -1;

  constructor(queue: TimerQueue, dueMs: number, order: number, run: () => void) {
    this.#queue = queue;
    this.dueMs = dueMs;
    this.order = order;
    this.run = run;
  }

  before(other: Timer): boolean {
    return this.dueMs < other.dueMs || (this.dueMs === other.dueMs && this.order < other.order);
  }

  cancel(): void {
    this.#queue.remove(this);
  }
}
