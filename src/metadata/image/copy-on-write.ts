/** A map that is shared until it is first written, and then copied once. */
export class CopyOnWrite<K, V> {
  #map: ReadonlyMap<K, V>;
  #own: Map<K, V> | null = null;

  constructor(shared: ReadonlyMap<K, V>) {
    this.#map = shared;
  }

  get map(): ReadonlyMap<K, V> {
    return this.#map;
  }

  /** The map to write to. */
  own(): Map<K, V> {
    if (this.#own === null) {
      this.#own = new Map(this.#map);
      this.#map = this.#own;
    }
    return this.#own;
  }

  /** Hands the map out for good: the next write copies it again. */
  share(): ReadonlyMap<K, V> {
    this.#own = null;
    return this.#map;
  }
}
