/** Walks the records of an opened batch where they lie, without making an object of each. */
import { VarintReader } from "../../protocol/records/varint.js";

export class RecordCursor {
  /** The record lies from `start`, with its length, to `end`. */
  start = 0;
  end = 0;
  /** Where its attributes, the first byte behind its length, lie. */
  contentStart = 0;
  /** Behind the timestamp: from here on the record does not depend on the header of its batch. */
  afterTimestamp = 0;
  timestampDelta = 0;
  offsetDelta = 0;
  /** -1: the record has no key. */
  keyStart = -1;
  keyEnd = -1;
  isTombstone = false;
  /** The body is malformed; `next` answers false from then on. */
  failed = false;
  readonly #reader: VarintReader;

  constructor(body: Buffer, start = 0) {
    this.#reader = new VarintReader(body, start);
    this.end = start;
  }

  get bytes(): Buffer {
    return this.#reader.bytes;
  }

  /** Goes to the next record. False: there is none, or it is malformed. */
  next(): boolean {
    const reader = this.#reader;
    if (this.failed || reader.left === 0) return false;
    this.start = reader.at;
    const length = reader.varint();
    if (reader.failed || length < 0 || length > reader.left) return this.#fail();
    this.contentStart = reader.at;
    this.end = reader.at + length;
    reader.byte();
    this.timestampDelta = reader.varlong();
    this.afterTimestamp = reader.at;
    this.offsetDelta = reader.varint();
    const keyBytes = reader.varint();
    this.keyStart = keyBytes < 0 ? -1 : reader.at;
    if (keyBytes > 0) reader.at += keyBytes;
    this.keyEnd = reader.at;
    this.isTombstone = reader.varint() < 0;
    if (reader.failed || reader.at > this.end) return this.#fail();
    reader.at = this.end;
    return true;
  }

  #fail(): false {
    this.failed = true;
    return false;
  }
}
