/**
 * Which parts of the logs are taken to be in memory. The rule: the pieces of a megabyte that were appended to or read last,
 * as many as make up `samsa.log.warm.bytes`. They are read at once; all else is waited for, as it may come from the disk.
 */
import type { Segment } from "./segment.js";

const PIECE_BYTES = 1024 * 1024;
/** A segment has at most 2^31 bytes. */
const PIECES_PER_SEGMENT_MAX = 2 ** 31 / PIECE_BYTES;

export class WarmPieces {
  readonly #piecesMax: number;
  readonly #numbers = new WeakMap<Segment, number>();
  /** Numbers of pieces; the one that was used last comes last. */
  readonly #warm = new Set<number>();
  #nextNumber = 0;
  #latest = -1;

  constructor(bytesMax: number) {
    this.#piecesMax = Math.floor(bytesMax / PIECE_BYTES);
  }

  /** These bytes of the segment were appended or read just now. */
  touch(segment: Segment, position: number, bytes: number): void {
    const first = this.#firstPiece(segment);
    const end = first + Math.floor(Math.max(position + bytes - 1, position) / PIECE_BYTES);
    for (let piece = first + Math.floor(position / PIECE_BYTES); piece <= end; piece++) {
      if (piece === this.#latest) continue;
      this.#latest = piece;
      this.#warm.delete(piece);
      this.#warm.add(piece);
    }
    for (const oldest of this.#warm) {
      if (this.#warm.size <= this.#piecesMax) break;
      this.#warm.delete(oldest);
    }
  }

  /** Whether all of these bytes are taken to be in memory. */
  holds(segment: Segment, position: number, bytes: number): boolean {
    const first = this.#firstPiece(segment);
    for (let at = Math.floor(position / PIECE_BYTES); at * PIECE_BYTES < position + bytes; at++) {
      if (!this.#warm.has(first + at)) return false;
    }
    return true;
  }

  #firstPiece(segment: Segment): number {
    const known = this.#numbers.get(segment);
    if (known !== undefined) return known;
    const number = this.#nextNumber;
    this.#nextNumber += PIECES_PER_SEGMENT_MAX;
    this.#numbers.set(segment, number);
    return number;
  }
}
