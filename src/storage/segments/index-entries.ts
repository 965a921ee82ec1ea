/**
 * The entries of an index file, all of one size, kept in memory in the file's own layout: a look-up reads them where
 * they lie, and what is new is appended to the file when the log makes its records durable.
 */
import type { Files } from "../../lib/environment.js";
import { syncFile } from "../files/disk-full.js";

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

  /** The last entries in the file, at most so many, without the others. Null: it is missing, or cannot be an index. */
  readLast(count: number): Buffer | null {
    return this.#read(count);
  }

  /** The same without stopping the loop. */
  readLastCold(count: number): Promise<Buffer | null> {
    return this.#readCold(count);
  }

  /** The whole file, for `accept`. Null: it is missing, or cannot be an index. */
  read(): Buffer | null {
    return this.#read(Number.MAX_SAFE_INTEGER);
  }

  /** The same without stopping the loop. */
  readCold(): Promise<Buffer | null> {
    return this.#readCold(Number.MAX_SAFE_INTEGER);
  }

  /** Takes over what was read. False: there is nothing to take. */
  accept(entries: Buffer | null): boolean {
    if (entries === null) return false;
    this.#buffer = entries;
    this.#count = entries.length / this.entryBytes;
    this.#savedCount = this.#count;
    return true;
  }

  /** Brings the file up to date and makes it durable. False: it was so already. */
  async flush(): Promise<boolean> {
    if (this.#savedCount === this.#count) return false;
    const at = (this.#savedCount ?? 0) * this.entryBytes;
    const unsaved = this.#buffer.subarray(at, this.#count * this.entryBytes);
    const file = this.#files.open(`${this.#folder}/${this.#name}`, "create");
    try {
      if (this.#savedCount === null) file.truncate(0);
      if (unsaved.length > 0) file.write([unsaved], at);
      this.#savedCount = this.#count;
      await syncFile(file);
      return true;
    } finally {
      file.close();
    }
  }

  #read(entriesMax: number): Buffer | null {
    const bytes = this.#fileBytes();
    if (bytes === null) return null;
    const last = Buffer.allocUnsafe(Math.min(entriesMax * this.entryBytes, bytes));
    if (last.length === 0) return last;
    const file = this.#files.open(`${this.#folder}/${this.#name}`, "read");
    try {
      return file.read(last, bytes - last.length) === last.length ? last : null;
    } finally {
      file.close();
    }
  }

  async #readCold(entriesMax: number): Promise<Buffer | null> {
    const bytes = this.#fileBytes();
    if (bytes === null) return null;
    const last = Buffer.allocUnsafe(Math.min(entriesMax * this.entryBytes, bytes));
    if (last.length === 0) return last;
    const file = this.#files.open(`${this.#folder}/${this.#name}`, "read");
    try {
      return (await file.readCold(last, bytes - last.length)) === last.length ? last : null;
    } finally {
      file.close();
    }
  }

  #fileBytes(): number | null {
    const bytes = this.#files.stat(`${this.#folder}/${this.#name}`)?.bytes ?? null;
    return bytes !== null && bytes % this.entryBytes === 0 ? bytes : null;
  }
}
