/**
 * Kafka's `.txnindex`: the transactions that a marker in this segment has aborted, in the order of the markers. With it a
 * read-committed reader is told which records to pass over (KIP-98). The file exists only where there are any.
 */
import { FileError, type Files } from "../../lib/environment.js";
import { readInt64, writeInt64 } from "../../protocol/records/int64.js";
import { segmentFileName } from "../files/file-names.js";
import { IndexEntries } from "./index-entries.js";

export interface AbortedTransaction {
  readonly producerId: number;
  /** Of its first record in this partition. */
  readonly firstOffset: number;
  /** Of its marker. */
  readonly lastOffset: number;
  /** All before was decided when the marker was written: what is aborted later begins here or behind. */
  readonly lastStableOffset: number;
}

const VERSION = 0;
/** Version (int16), then producer id, first offset, last offset and last stable offset (int64). */
const ENTRY_BYTES = 34;
const PRODUCER_ID = 2;
const FIRST_OFFSET = 10;
const LAST_OFFSET = 18;
const LAST_STABLE_OFFSET = 26;

export class TransactionIndex {
  readonly #files: Files;
  readonly #path: string;
  readonly #baseOffset: number;
  readonly #entries: IndexEntries;
  /** False until the file of an old segment is first needed. */
  #isLoaded = false;
  #mayExist = true;

  constructor(files: Files, folder: string, baseOffset: number, suffix: string) {
    const name = TransactionIndex.fileName(baseOffset, suffix);
    this.#files = files;
    this.#path = `${folder}/${name}`;
    this.#baseOffset = baseOffset;
    this.#entries = new IndexEntries(files, folder, name, ENTRY_BYTES);
  }

  static fileName(baseOffset: number, suffix: string): string {
    return `${segmentFileName(baseOffset, ".txnindex")}${suffix}`;
  }

  /** False: it is damaged, and must be built anew from the log. */
  load(): boolean {
    this.#isLoaded ||= this.#entries.accept(this.#entries.read()) && this.#isSound();
    return this.#isLoaded;
  }

  /** Forgets everything: the transactions are added anew. */
  restart(): void {
    this.#entries.restart();
    this.#isLoaded = true;
  }

  add({ producerId, firstOffset, lastOffset, lastStableOffset }: AbortedTransaction): void {
    this.#need();
    const at = this.#entries.append();
    const { bytes } = this.#entries;
    bytes.writeInt16BE(VERSION, at);
    writeInt64(bytes, producerId, at + PRODUCER_ID);
    writeInt64(bytes, firstOffset, at + FIRST_OFFSET);
    writeInt64(bytes, lastOffset, at + LAST_OFFSET);
    writeInt64(bytes, lastStableOffset, at + LAST_STABLE_OFFSET);
  }

  get all(): readonly AbortedTransaction[] {
    this.#need();
    return Array.from({ length: this.#entries.count }, (_, entry) => this.#at(entry));
  }

  /** Adds those with records in the range. True: no later segment has any. */
  collect(from: number, upTo: number, into: AbortedTransaction[]): boolean {
    this.#need();
    for (let entry = this.#firstWithMarkerFrom(from); entry < this.#entries.count; entry++) {
      const aborted = this.#at(entry);
      if (aborted.firstOffset < upTo) into.push(aborted);
      if (aborted.lastStableOffset >= upTo) return true;
    }
    return false;
  }

  /** Forgets those whose marker lies at `offset` or behind. */
  truncate(offset: number): void {
    this.#need();
    this.#entries.truncate(this.#firstWithMarkerFrom(offset));
  }

  /** Brings the file up to date and makes it durable. True: the folder has changed. */
  async flush(): Promise<boolean> {
    if (!this.#isLoaded) return false;
    if (this.#entries.count > 0) {
      this.#mayExist = true;
      return this.#entries.flush();
    }
    const mayHaveExisted = this.#mayExist;
    if (mayHaveExisted) this.#files.remove(this.#path);
    this.#mayExist = false;
    return mayHaveExisted;
  }

  #need(): void {
    // Recovery has looked at it, and who wrote it since knew it.
    if (!this.load()) throw new FileError("EIO", this.#path, `The transaction index ${this.#path} is damaged`);
  }

  #isSound(): boolean {
    let lastMarker = this.#baseOffset - 1;
    for (let entry = 0; entry < this.#entries.count; entry++) {
      const { firstOffset, lastOffset } = this.#at(entry);
      if (this.#entries.bytes.readInt16BE(entry * ENTRY_BYTES) !== VERSION) return false;
      if (firstOffset > lastOffset || lastOffset <= lastMarker) return false;
      lastMarker = lastOffset;
    }
    return true;
  }

  #firstWithMarkerFrom(offset: number): number {
    let [low, high] = [0, this.#entries.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (readInt64(this.#entries.bytes, middle * ENTRY_BYTES + LAST_OFFSET) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #at(entry: number): AbortedTransaction {
    const at = entry * ENTRY_BYTES;
    const { bytes } = this.#entries;
    return {
      producerId: readInt64(bytes, at + PRODUCER_ID),
      firstOffset: readInt64(bytes, at + FIRST_OFFSET),
      lastOffset: readInt64(bytes, at + LAST_OFFSET),
      lastStableOffset: readInt64(bytes, at + LAST_STABLE_OFFSET),
    };
  }
}
