/** Makes the names in a folder durable, once for all who ask before it begins: many logs may be new at the same time. */
import type { Files } from "../../lib/environment.js";

export class SharedFolderSync {
  readonly #files: Files;
  readonly #path: string;
  #last: Promise<void> = Promise.resolve();
  /** The sync that has not begun yet. */
  #waiting: Promise<void> | null = null;

  constructor(files: Files, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /** Rejects with `FileError` when the disk fails. */
  sync(): Promise<void> {
    this.#waiting ??= this.#enqueue();
    return this.#waiting;
  }

  #enqueue(): Promise<void> {
    const mine = this.#last.then(() => {
      this.#waiting = null;
      return this.#files.syncFolderInPool(this.#path);
    });
    this.#last = mine.catch(() => {});
    return mine;
  }
}
