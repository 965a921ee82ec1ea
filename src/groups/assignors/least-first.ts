/**
 * Parts that only grow, the one with least first; of equal ones, the one that stood first in the list. A binary heap of
 * what the sizes were: who has grown meanwhile sinks when it comes up.
 */
import type { Part } from "./parts.js";

interface Place {
  readonly part: Part;
  readonly index: number;
  /** When it was last looked at. */
  size: number;
}

export class LeastFirst {
  readonly #heap: Place[];

  constructor(parts: readonly Part[]) {
    this.#heap = parts.map((part, index) => ({ part, index, size: part.size })).sort(order);
  }

  first(): Part | undefined {
    let top = this.#heap[0];
    while (top !== undefined && top.size !== top.part.size) {
      top.size = top.part.size;
      this.#sink(top);
      top = this.#heap[0];
    }
    return top?.part;
  }

  /** From the top. */
  #sink(place: Place): void {
    let at = 0;
    for (;;) {
      const [left, right] = [this.#heap[2 * at + 1], this.#heap[2 * at + 2]];
      const isRight = left !== undefined && right !== undefined && order(right, left) < 0;
      const child = isRight ? right : left;
      if (child === undefined || order(place, child) < 0) break;
      this.#heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    this.#heap[at] = place;
  }
}

/** Negative: the one comes before the other. */
function order(one: Place, other: Place): number {
  return one.size - other.size || one.index - other.index;
}
