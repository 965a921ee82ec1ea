/**
 * When each group next wants to be looked at, earliest first: a binary heap with one place per group.
 * A heartbeat only moves a session into the future, so it leaves the group's place alone: a group may be looked at too
 * early, never too late.
 */
export class Deadlines {
  readonly #heap: Due[] = [];
  readonly #places = new Map<string, Due>();

  first(): { readonly groupId: string; readonly dueMs: number } | null {
    return this.#heap[0] ?? null;
  }

  /** Null: the group waits for nothing. */
  set(groupId: string, dueMs: number | null): void {
    const due = this.#places.get(groupId);
    if (dueMs === null) {
      if (due !== undefined) this.#remove(due);
    } else if (due === undefined) {
      this.#add(groupId, dueMs);
    } else {
      due.dueMs = dueMs;
      this.#rise(due);
      this.#sink(due);
    }
  }

  /** Moves the group forward, if it is not due earlier anyway. */
  advance(groupId: string, dueMs: number): void {
    const due = this.#places.get(groupId);
    if (due === undefined || dueMs < due.dueMs) this.set(groupId, dueMs);
  }

  #add(groupId: string, dueMs: number): void {
    const due = { groupId, dueMs, index: 0 };
    this.#places.set(groupId, due);
    this.#place(due, this.#heap.length);
    this.#rise(due);
  }

  #remove(due: Due): void {
    this.#places.delete(due.groupId);
    const last = this.#heap.pop();
    if (last === undefined || last === due) return;
    this.#place(last, due.index);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(due: Due): void {
    for (
      let parent = this.#parentOf(due);
      parent !== undefined && due.dueMs < parent.dueMs;
      parent = this.#parentOf(due)
    ) {
      this.#swap(due, parent);
    }
  }

  #parentOf({ index }: Due): Due | undefined {
    return index === 0 ? undefined : this.#heap[(index - 1) >> 1];
  }

  #sink(due: Due): void {
    for (;;) {
      const left = this.#heap[2 * due.index + 1];
      const right = this.#heap[2 * due.index + 2];
      const child = left !== undefined && right !== undefined && right.dueMs < left.dueMs ? right : left;
      if (child === undefined || child.dueMs >= due.dueMs) return;
      this.#swap(child, due);
    }
  }

  #swap(one: Due, other: Due): void {
    const index = one.index;
    this.#place(one, other.index);
    this.#place(other, index);
  }

  #place(due: Due, index: number): void {
    due.index = index;
    this.#heap[index] = due;
  }
}

interface Due {
  readonly groupId: string;
  dueMs: number;
  /** Where it stands in the heap. */
  index: number;
}
