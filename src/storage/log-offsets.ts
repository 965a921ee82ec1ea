/** Where a log begins for its readers, how far it is committed, and where it ends. */
export class LogOffsets {
  #logStartOffset: number;
  #highWatermark: number;
  #endOffset: number;

  constructor(at: { readonly logStartOffset: number; readonly highWatermark: number; readonly endOffset: number }) {
    this.#logStartOffset = at.logStartOffset;
    this.#highWatermark = at.highWatermark;
    this.#endOffset = at.endOffset;
  }

  get logStartOffset(): number {
    return this.#logStartOffset;
  }

  /** What lies below is committed. */
  get highWatermark(): number {
    return this.#highWatermark;
  }

  /** The offset that the next record gets. */
  get endOffset(): number {
    return this.#endOffset;
  }

  startAt(offset: number): void {
    this.#logStartOffset = offset;
  }

  /** Never goes back, never beyond the end of the log. */
  commitTo(offset: number): void {
    this.#highWatermark = Math.max(this.#highWatermark, Math.min(offset, this.#endOffset));
  }

  /** Nothing is left, and the next record gets this offset: what lies before was committed elsewhere. */
  beginAnewAt(offset: number): void {
    this.#logStartOffset = offset;
    this.#endOffset = offset;
    this.#highWatermark = offset;
  }

  endAt(offset: number): void {
    this.#endOffset = offset;
    this.#logStartOffset = Math.min(this.#logStartOffset, offset);
    this.#highWatermark = Math.min(this.#highWatermark, offset);
  }
}
