/**
 * Maps and sets that never change: each step makes the next one, which shares almost everything with the one before. What
 * was changed lately lies over a base of many entries, so a step copies a few entries, and all of them only now and then.
 * The order is that of `Map`: by the time at which a key came.
 */

/** Steps between two bases: each copies so many entries at most. */
const OVERLAY_ENTRIES_MAX = 32;

/** What lies over the base. */
interface Overlay<K, V> {
  /** Keys of the base with their new values. */
  readonly changed: ReadonlyMap<K, [K, V]>;
  /** Keys of the base that are gone. */
  readonly removed: ReadonlySet<K>;
  /** What came later than the base. */
  readonly added: ReadonlyMap<K, V>;
}

export class PersistentMap<K, V> implements ReadonlyMap<K, V> {
  readonly #base: ReadonlyMap<K, V>;
  readonly #over: Overlay<K, V>;

  private constructor(base: ReadonlyMap<K, V>, over: Overlay<K, V> = nothingOver()) {
    this.#base = base;
    this.#over = over;
  }

  /** The map itself, if it is a persistent one. */
  static from<K, V>(entries: Iterable<readonly [K, V]>): PersistentMap<K, V> {
    return entries instanceof PersistentMap ? entries : new PersistentMap<K, V>(new Map(entries));
  }

  get size(): number {
    return this.#base.size - this.#over.removed.size + this.#over.added.size;
  }

  get(key: K): V | undefined {
    const { changed, removed, added } = this.#over;
    if (added.has(key)) return added.get(key);
    const entry = changed.get(key);
    if (entry !== undefined) return entry[1];
    return removed.has(key) ? undefined : this.#base.get(key);
  }

  has(key: K): boolean {
    return this.#over.added.has(key) || this.#isInBase(key);
  }

  with(key: K, value: V): PersistentMap<K, V> {
    const { changed, removed, added } = this.#over;
    return this.#isInBase(key)
      ? this.#next({ changed: new Map(changed).set(key, [key, value]), removed, added })
      : this.#next({ changed, removed, added: new Map(added).set(key, value) });
  }

  without(key: K): PersistentMap<K, V> {
    const { changed, removed, added } = this.#over;
    if (added.has(key)) return this.#next({ changed, removed, added: copyWithout(added, key) });
    if (!this.#isInBase(key)) return this;
    return this.#next({ changed: copyWithout(changed, key), removed: new Set(removed).add(key), added });
  }

  *[Symbol.iterator](): MapIterator<[K, V]> {
    const { changed, removed, added } = this.#over;
    if (changed.size + removed.size === 0) {
      yield* this.#base;
    } else {
      for (const entry of this.#base) if (!removed.has(entry[0])) yield changed.get(entry[0]) ?? entry;
    }
    yield* added;
  }

  entries(): MapIterator<[K, V]> {
    return this[Symbol.iterator]();
  }

  *keys(): MapIterator<K> {
    for (const [key] of this) yield key;
  }

  *values(): MapIterator<V> {
    for (const [, value] of this) yield value;
  }

  forEach(run: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this) run(value, key, this);
  }

  #isInBase(key: K): boolean {
    return this.#base.has(key) && !this.#over.removed.has(key);
  }

  #next(over: Overlay<K, V>): PersistentMap<K, V> {
    const next = new PersistentMap(this.#base, over);
    const { changed, removed, added } = over;
    if (changed.size + removed.size + added.size < OVERLAY_ENTRIES_MAX) return next;
    return new PersistentMap(rebased(this.#base, over));
  }
}

/** One map of all. `forEach` goes through the entries without making a pair of each, as any iterator does. */
function rebased<K, V>(base: ReadonlyMap<K, V>, { changed, removed, added }: Overlay<K, V>): ReadonlyMap<K, V> {
  const next = new Map<K, V>();
  base.forEach((value, key) => {
    next.set(key, value);
  });
  for (const key of removed) next.delete(key);
  for (const [key, [, value]] of changed) next.set(key, value);
  for (const [key, value] of added) next.set(key, value);
  return next;
}

function nothingOver<K, V>(): Overlay<K, V> {
  return { changed: new Map(), removed: new Set(), added: new Map() };
}

function copyWithout<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  const rest = new Map(map);
  rest.delete(key);
  return rest;
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
