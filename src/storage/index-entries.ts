/**
 * The entries of an index file, all of one size, kept in memory in the file's own layout: a look-up reads them where
 * they lie, and what is new is appended to the file when the log makes its records durable.
 */
import type { Files } from "../lib/environment.js";

const ENTRIES_AT_FIRST = 16;

export class IndexEntries {
  readonly entryBytes: number;
  readonly #files: Files;
  readonly #folder: string;
  readonly #name: string;
  #buffer: Buffer = Buffer.alloc(0);
  #count = 0;
  /** So many entries are on disk; null: the file does not exist, or must be written anew. */
  #savedCount: number | null = null;

  constructor(files: Files, folder: string, name: string, entryBytes: number) {
    this.#files = files;
    this.#folder = folder;
    this.#name = name;
    this.entryBytes = entryBytes;
  }

  get count(): number {
    return this.#count;
  }

  /** The entries, one behind the other. Valid until the next append. */
  get bytes(): Buffer {
    return this.#buffer;
  }

  /** Room for one entry at the end: the caller fills it at the position that it gets. */
  append(): number {
    const at = this.#count * this.entryBytes;
    if (at === this.#buffer.length) {
      const larger = Buffer.alloc(Math.max(ENTRIES_AT_FIRST * this.entryBytes, at * 2));
      this.#buffer.copy(larger);
      this.#buffer = larger;
    }
    this.#count++;
    return at;
  }

  truncate(count: number): void {
    if (count >= this.#count) return;
    this.#count = count;
    if (this.#savedCount !== null && this.#savedCount > count) this.#savedCount = null;
  }

  /** Forgets all entries: they are found anew in the log. */
  restart(): void {
    this.#count = 0;
    this.#savedCount = null;
  }

  /** Reads the file. False: it is missing, or cannot be an index. */
  load(): boolean {
    const path = `${this.#folder}/${this.#name}`;
    const stat = this.#files.stat(path);
    if (stat === null || stat.bytes % this.entryBytes !== 0) return false;
    const file = this.#files.open(path, "read");
    try {
      this.#buffer = Buffer.allocUnsafe(stat.bytes);
      this.#count = file.read(this.#buffer, 0) / this.entryBytes;
      this.#savedCount = this.#count;
      return Number.isInteger(this.#count);
    } finally {
      file.close();
    }
  }

  /** Brings the file up to date and makes it durable. */
  async flush(): Promise<void> {
    if (this.#savedCount === this.#count) return;
    const at = (this.#savedCount ?? 0) * this.entryBytes;
    const unsaved = this.#buffer.subarray(at, this.#count * this.entryBytes);
    const file = this.#files.open(`${this.#folder}/${this.#name}`, "create");
    try {
      if (this.#savedCount === null) file.truncate(0);
      if (unsaved.length > 0) file.write([unsaved], at);
      this.#savedCount = this.#count;
      await file.sync();
    } finally {
      file.close();
    }
  }
}
