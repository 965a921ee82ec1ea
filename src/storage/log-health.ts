/**
 * Whether the disk under a log works. A failure takes the log offline: from then on it answers KAFKA_STORAGE_ERROR, until
 * it is loaded again. A full disk does not, where nothing has changed: there is space again some day.
 */
import { FileError } from "../lib/environment.js";
import { isDiskFull } from "./files/disk-full.js";
import { type StorageError, storageError } from "./log-results.js";

export class LogHealth {
  #failure: FileError | null = null;

  /** Why the log is offline, or null. */
  get failure(): FileError | null {
    return this.#failure;
  }

  /** Does nothing on a log that is offline. */
  attempt<T>(run: () => T): T | StorageError {
    if (this.#failure !== null) return storageError(this.#failure);
    try {
      return run();
    } catch (error) {
      return this.failed(error);
    }
  }

  /** The same for work that changes nothing when the disk is full. */
  attemptWrite<T>(run: () => T): T | StorageError {
    if (this.#failure !== null) return storageError(this.#failure);
    try {
      return run();
    } catch (error) {
      return this.writeFailed(error);
    }
  }

  writeFailed(error: unknown): StorageError {
    return isDiskFull(error) ? storageError(error) : this.failed(error);
  }

  failed(error: unknown): StorageError {
    if (!(error instanceof FileError)) throw error;
    this.#failure ??= error;
    return storageError(error);
  }
}
