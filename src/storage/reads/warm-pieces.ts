/**
 * Which parts of the logs are taken to be in memory. The rule: what was appended or read last, in pieces of 256 KiB, as many
 * as make up `samsa.log.warm.bytes`. It is read at once; all else is waited for, as it may come from the disk.
 */
import type { Segment } from "../segments/segment.js";

const PIECE_BYTES = 256 * 1024;
/** A segment has at most 2^31 bytes. */
const PIECES_PER_SEGMENT_MAX = 2 ** 31 / PIECE_BYTES;

/** So much of a piece was touched, by positions in its segment: a read that ends in a piece tells nothing of its rest. */
interface WarmPart {
  start: number;
  end: number;
}

export class WarmPieces {
  readonly #piecesMax: number;
  readonly #numbers = new WeakMap<Segment, number>();
  /** By the numbers of the pieces; the one that was used last comes last. */
  readonly #warm = new Map<number, WarmPart>();
  #nextNumber = 0;
  #latest = -1;

  constructor(bytesMax: number) {
    this.#piecesMax = Math.floor(bytesMax / PIECE_BYTES);
  }

  /** These bytes of the segment were appended or read just now. */
  touch(segment: Segment, position: number, bytes: number): void {
    const first = this.#firstPiece(segment);
    const end = position + bytes;
    for (let at = Math.floor(position / PIECE_BYTES); at * PIECE_BYTES < end; at++) {
      this.#use(first + at, Math.max(position, at * PIECE_BYTES), Math.min(end, (at + 1) * PIECE_BYTES));
    }
    for (const oldest of this.#warm.keys()) {
      if (this.#warm.size <= this.#piecesMax) break;
      this.#warm.delete(oldest);
    }
  }

  /** Whether all of these bytes are taken to be in memory. */
  holds(segment: Segment, position: number, bytes: number): boolean {
    const first = this.#firstPiece(segment);
    const end = position + bytes;
    for (let at = Math.floor(position / PIECE_BYTES); at * PIECE_BYTES < end; at++) {
      const part = this.#warm.get(first + at);
      if (part === undefined || part.start > Math.max(position, at * PIECE_BYTES)) return false;
      if (part.end < Math.min(end, (at + 1) * PIECE_BYTES)) return false;
    }
    return true;
  }

  #use(piece: number, start: number, end: number): void {
    let part = this.#warm.get(piece);
    if (part === undefined || start > part.end || end < part.start) {
      part = { start, end };
      this.#latest = -1;
    }
    part.start = Math.min(part.start, start);
    part.end = Math.max(part.end, end);
    if (piece === this.#latest) return;
    this.#latest = piece;
    this.#warm.delete(piece);
    this.#warm.set(piece, part);
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
