/**
 * The transactions of one partition that its readers cannot rely on yet (KIP-98): those that are open, and those whose
 * marker is not committed. The first offset of the earliest is where a read-committed reader has to stop.
 */

export class OpenTransactions {
  /** By producer, the first offset of each. They stand in the order of the offsets: each begins where the log ends. */
  readonly #open = new Map<number, number>();
  /** Those with a marker that is not committed, in the order of the markers. */
  readonly #ended: { readonly firstOffset: number; readonly markerOffset: number }[] = [];
  #firstUnstableOffset = Number.POSITIVE_INFINITY;

  /** Infinite when there is none. */
  get firstUnstableOffset(): number {
    return this.#firstUnstableOffset;
  }

  /** Null: this producer has none open. */
  firstOffsetOf(producerId: number): number | null {
    return this.#open.get(producerId) ?? null;
  }

  /** Does nothing where one is open. */
  begin(producerId: number, firstOffset: number): void {
    if (this.#open.has(producerId)) return;
    this.#open.set(producerId, firstOffset);
    this.#firstUnstableOffset = Math.min(this.#firstUnstableOffset, firstOffset);
  }

  /** Where it began, and before which offset all is decided now. Null: there was nothing to end. */
  end(
    producerId: number,
    markerOffset: number,
  ): { readonly firstOffset: number; readonly lastStableOffset: number } | null {
    const firstOffset = this.#open.get(producerId);
    if (firstOffset === undefined) return null;
    this.#open.delete(producerId);
    this.#ended.push({ firstOffset, markerOffset });
    return { firstOffset, lastStableOffset: this.#firstOpenOffset() ?? markerOffset + 1 };
  }

  /** Markers below are committed: what they ended is decided. */
  commitTo(highWatermark: number): void {
    if (this.#ended.length === 0) return;
    const waiting = this.#ended.findIndex(({ markerOffset }) => markerOffset >= highWatermark);
    this.#ended.splice(0, waiting === -1 ? this.#ended.length : waiting);
    let first = this.#firstOpenOffset() ?? Number.POSITIVE_INFINITY;
    for (const { firstOffset } of this.#ended) first = Math.min(first, firstOffset);
    this.#firstUnstableOffset = first;
  }

  #firstOpenOffset(): number | undefined {
    return this.#open.values().next().value;
  }
}
