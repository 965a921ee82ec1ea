/** The segments of a log in the order of their base offsets; there is always one, and the last one is written to. */
import { invariant } from "../../lib/invariant.js";
import type { Segment } from "./segment.js";

export class Segments {
  readonly #list: Segment[];

  constructor(segments: readonly Segment[]) {
    invariant(segments.length > 0, "a log has a segment");
    this.#list = [...segments].sort((a, b) => a.baseOffset - b.baseOffset);
  }

  get all(): readonly Segment[] {
    return this.#list;
  }

  get first(): Segment {
    return this.#at(0);
  }

  get active(): Segment {
    return this.#at(this.#list.length - 1);
  }

  get bytes(): number {
    return this.#list.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** The segments from the one that may hold `offset` on. */
  from(offset: number): readonly Segment[] {
    return this.#list.slice(Math.max(0, this.#floor(offset)));
  }

  after(segment: Segment): Segment | null {
    return this.#list.find(({ baseOffset }) => baseOffset > segment.baseOffset) ?? null;
  }

  add(segment: Segment): void {
    invariant(segment.baseOffset > this.active.baseOffset, "segments follow one another");
    this.#list.push(segment);
  }

  /** Takes out the segments whose base offset is `offset` or more, but never the first. */
  takeFrom(offset: number): readonly Segment[] {
    const keep = this.#list.findIndex((segment) => segment.baseOffset >= offset);
    return keep === -1 ? [] : this.#list.splice(Math.max(1, keep));
  }

  /** Whether the first segment ends at `offset` or before. */
  hasBefore(offset: number): boolean {
    const next = this.#list[1];
    return next !== undefined && next.baseOffset <= offset;
  }

  /** Takes out the first segment if it ends at `offset` or before. */
  takeFirstBefore(offset: number): Segment | null {
    return this.hasBefore(offset) ? (this.#list.shift() ?? null) : null;
  }

  /** Puts another segment in the place of the last one, which never got a record. */
  replaceActive(segment: Segment): void {
    this.#list[this.#list.length - 1] = segment;
  }

  /** Whether these are all here still, and none of them is written to. */
  holds(segments: readonly Segment[]): boolean {
    return segments.every((segment) => segment !== this.active && this.#list.includes(segment));
  }

  /** Puts one segment in the place of neighbours. */
  replace(old: readonly Segment[], by: Segment): void {
    const [first] = old;
    invariant(first !== undefined && this.holds(old), "only segments of the log are replaced");
    this.#list.splice(this.#list.indexOf(first), old.length, by);
  }

  replaceAll(segment: Segment): readonly Segment[] {
    return this.#list.splice(0, this.#list.length, segment);
  }

  #floor(offset: number): number {
    let [low, high] = [0, this.#list.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#at(middle).baseOffset <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #at(index: number): Segment {
    const segment = this.#list[index];
    invariant(segment !== undefined, "a log has a segment");
    return segment;
  }
}
