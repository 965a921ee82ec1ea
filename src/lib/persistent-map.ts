/**
 * Maps and sets that never change: each step makes the next one, at the cost of one entry. All maps that came out of each
 * other share one table, in which every value is marked with the step that brought it, so that each map finds what was
 * there at its own step. The order is that of `Map`: by the time at which a key came.
 */

/** A table keeps so many values that newer ones took the place of, or as many as the map has: then it is made anew. */
const SUPERSEDED_MIN = 32;

/** What a key had from one step on. */
interface Cell<V> {
  readonly step: number;
  /** Null: the key was taken out. */
  readonly content: { readonly value: V } | null;
  readonly before: Cell<V> | null;
}

interface Table<K, V> {
  readonly cells: Map<K, Cell<V>>;
  /** Of the newest map. Only from there a step can be put into the same table. */
  step: number;
  superseded: number;
}

export class PersistentMap<K, V> implements ReadonlyMap<K, V> {
  readonly size: number;
  readonly #table: Table<K, V>;
  readonly #step: number;

  private constructor(table: Table<K, V>, size: number) {
    this.#table = table;
    this.#step = table.step;
    this.size = size;
  }

  /** The map itself, if it is a persistent one. */
  static from<K, V>(entries: Iterable<readonly [K, V]>): PersistentMap<K, V> {
    if (entries instanceof PersistentMap) return entries;
    const cells = new Map<K, Cell<V>>();
    for (const [key, value] of entries) cells.set(key, { step: 0, content: { value }, before: null });
    return new PersistentMap({ cells, step: 0, superseded: 0 }, cells.size);
  }

  get(key: K): V | undefined {
    return this.#contentOf(this.#table.cells.get(key))?.value;
  }

  has(key: K): boolean {
    return this.#contentOf(this.#table.cells.get(key)) !== null;
  }

  with(key: K, value: V): PersistentMap<K, V> {
    if (!this.#isNewest()) return this.#alone().with(key, value);
    const before = this.#table.cells.get(key);
    // The key is gone, but older maps have it in its old place: in this one it comes last.
    if (before?.content === null) return this.#alone().with(key, value);
    return this.#next(key, { value }, before ?? null, before === undefined ? this.size + 1 : this.size);
  }

  without(key: K): PersistentMap<K, V> {
    if (!this.has(key)) return this;
    if (!this.#isNewest()) return this.#alone().without(key);
    return this.#next(key, null, this.#table.cells.get(key) ?? null, this.size - 1);
  }

  *[Symbol.iterator](): MapIterator<[K, V]> {
    for (const [key, cell] of this.#table.cells) {
      const content = this.#contentOf(cell);
      if (content !== null) yield [key, content.value];
    }
  }

  entries(): MapIterator<[K, V]> {
    return this[Symbol.iterator]();
  }

  *keys(): MapIterator<K> {
    for (const [key] of this) yield key;
  }

  *values(): MapIterator<V> {
    for (const cell of this.#table.cells.values()) {
      const content = this.#contentOf(cell);
      if (content !== null) yield content.value;
    }
  }

  forEach(run: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this) run(value, key, this);
  }

  #contentOf(newest: Cell<V> | undefined): Cell<V>["content"] {
    let cell = newest ?? null;
    while (cell !== null && cell.step > this.#step) cell = cell.before;
    return cell === null ? null : cell.content;
  }

  #isNewest(): boolean {
    return this.#table.step === this.#step;
  }

  #next(key: K, content: Cell<V>["content"], before: Cell<V> | null, size: number): PersistentMap<K, V> {
    const table = this.#table;
    table.step++;
    table.cells.set(key, { step: table.step, content, before });
    if (before !== null) table.superseded++;
    const next = new PersistentMap(table, size);
    return table.superseded > Math.max(SUPERSEDED_MIN, size) ? next.#alone() : next;
  }

  /** The same map in a table of its own. */
  #alone(): PersistentMap<K, V> {
    const cells = new Map<K, Cell<V>>();
    this.#table.cells.forEach((cell, key) => {
      const content = this.#contentOf(cell);
      if (content !== null) cells.set(key, { step: 0, content, before: null });
    });
    return new PersistentMap({ cells, step: 0, superseded: 0 }, cells.size);
  }
}

export class PersistentSet<T> implements ReadonlySet<T> {
  readonly #members: PersistentMap<T, true>;

  private constructor(members: PersistentMap<T, true>) {
    this.#members = members;
  }

  /** The set itself, if it is a persistent one. */
  static from<T>(values: Iterable<T>): PersistentSet<T> {
    if (values instanceof PersistentSet) return values;
    return new PersistentSet(PersistentMap.from(Array.from(values, (value): [T, true] => [value, true])));
  }

  get size(): number {
    return this.#members.size;
  }

  has(value: T): boolean {
    return this.#members.has(value);
  }

  with(value: T): PersistentSet<T> {
    return this.has(value) ? this : new PersistentSet(this.#members.with(value, true));
  }

  without(value: T): PersistentSet<T> {
    return this.has(value) ? new PersistentSet(this.#members.without(value)) : this;
  }

  [Symbol.iterator](): SetIterator<T> {
    return this.#members.keys();
  }

  keys(): SetIterator<T> {
    return this.#members.keys();
  }

  values(): SetIterator<T> {
    return this.#members.keys();
  }

  *entries(): SetIterator<[T, T]> {
    for (const value of this) yield [value, value];
  }

  forEach(run: (value: T, again: T, set: ReadonlySet<T>) => void): void {
    for (const value of this) run(value, value, this);
  }
}
