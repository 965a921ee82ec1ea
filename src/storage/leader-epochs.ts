/**
 * At which offset each leader epoch began (KIP-101): it tells a follower, or a client with old metadata, where its own
 * log and the leader's part. Kept in memory; the log writes it down when it makes records of a new epoch durable.
 */
export interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

export interface EpochEnd {
  /** -1: unknown. */
  readonly epoch: number;
  /** Exclusive; -1: unknown. */
  readonly endOffset: number;
}

const UNKNOWN: EpochEnd = { epoch: -1, endOffset: -1 };

export class LeaderEpochs {
  /** Epochs and start offsets both rise. */
  #entries: EpochStart[] = [];
  /** As they are in the file. */
  #saved: readonly EpochStart[];
  /** Whether they may be others by now. */
  #isChanged = false;
  /** The log begins here for its readers. */
  #hiddenBefore = 0;

  constructor(entries: readonly EpochStart[]) {
    for (const { epoch, startOffset } of entries) this.assign(epoch, startOffset);
    this.#saved = entries;
    this.#isChanged = false;
  }

  /**
   * What the file should say; null: as far as there are records, to `endOffset`, it does. For an epoch that has none yet it
   * is not written: every start begins one in each log.
   */
  unsaved(endOffset: number): readonly EpochStart[] | null {
    if (!this.#isChanged) return null;
    const known = entriesBefore(endOffset, this.#entries);
    if (!areSame(known, entriesBefore(endOffset, this.#saved))) return this.#entries;
    this.#isChanged = known.length < this.#entries.length;
    return null;
  }

  /** These entries are in the file. */
  saved(entries: readonly EpochStart[]): void {
    this.#saved = entries;
  }

  get latest(): EpochStart | null {
    return this.#entries.at(-1) ?? null;
  }

  /**
   * From `startOffset` on the records are of this epoch. What the log knew of that range before was never committed. The
   * epoch itself may have begun before: between its records this broker has led, and has got none.
   */
  assign(epoch: number, startOffset: number): void {
    const latest = this.latest;
    if (latest !== null && latest.epoch === epoch && latest.startOffset <= startOffset) return;
    this.#entries = this.#entries.filter((entry) =>
      entry.epoch === epoch ? entry.startOffset <= startOffset : entry.epoch < epoch && entry.startOffset < startOffset,
    );
    if (this.latest?.epoch !== epoch) this.#entries.push({ epoch, startOffset });
    this.#isChanged = true;
  }

  /** The epoch of the record at this offset; -1 where it is unknown. */
  epochAt(offset: number): number {
    if (offset < this.#hiddenBefore) return -1;
    return this.#entries.findLast((entry) => entry.startOffset <= offset)?.epoch ?? -1;
  }

  /** The answer of OffsetForLeaderEpoch: the largest known epoch up to the requested one, and where it ends. */
  endOf(epoch: number, logEndOffset: number): EpochEnd {
    const next = this.#entries.find((entry) => entry.epoch > epoch);
    const isHidden = next !== undefined && next.startOffset <= this.#hiddenBefore;
    if (!isHidden || epoch < 0) return this.endOfKept(epoch, logEndOffset);
    return { epoch, endOffset: this.#hiddenBefore };
  }

  /**
   * The same of all records that are there, also before the start of the log. A replica may part from this one there: it must
   * hear of that, or what was never committed would count as written once it leads.
   */
  endOfKept(epoch: number, logEndOffset: number): EpochEnd {
    if (this.latest?.epoch === epoch) return { epoch, endOffset: logEndOffset };
    const next = this.#entries.find((entry) => entry.epoch > epoch);
    if (epoch < 0 || next === undefined) return UNKNOWN;
    const floor = this.#entries.findLast((entry) => entry.epoch <= epoch);
    return { epoch: floor?.epoch ?? epoch, endOffset: next.startOffset };
  }

  /** The records from `endOffset` on are gone. */
  truncateEnd(endOffset: number): void {
    this.#hiddenBefore = Math.min(this.#hiddenBefore, endOffset);
    this.#replace(this.#entries.filter((entry) => entry.startOffset < endOffset));
  }

  /** The log begins at `startOffset` now. After a crash it may begin before that again, so nothing is forgotten yet. */
  hideBefore(startOffset: number): void {
    this.#hiddenBefore = startOffset;
  }

  /** The records before `startOffset` are gone; the epoch in which they end lives on from there. */
  truncateStart(startOffset: number): void {
    const kept = this.#entries.filter((entry) => entry.startOffset > startOffset);
    const cut = this.#entries.findLast((entry) => entry.startOffset <= startOffset);
    this.#replace(cut === undefined ? kept : [{ epoch: cut.epoch, startOffset }, ...kept]);
  }

  #replace(entries: EpochStart[]): void {
    const isSame = entries.length === this.#entries.length && entries[0]?.startOffset === this.#entries[0]?.startOffset;
    this.#entries = entries;
    this.#isChanged ||= !isSame;
  }
}

function entriesBefore(endOffset: number, entries: readonly EpochStart[]): readonly EpochStart[] {
  return entries.filter(({ startOffset }) => startOffset < endOffset);
}

function areSame(some: readonly EpochStart[], others: readonly EpochStart[]): boolean {
  if (some.length !== others.length) return false;
  return some.every(({ epoch, startOffset }, at) => {
    return epoch === others[at]?.epoch && startOffset === others[at].startOffset;
  });
}
