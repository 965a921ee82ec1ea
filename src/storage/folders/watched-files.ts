/** Files of which every failure of the disk is told, whoever meets it: an append, a flush, a checkpoint, the cleaner. */
import { type File, FileError, type Files } from "../../lib/environment.js";

/** How systems say that a disk is gone, or takes nothing any more. A full one is none of these: it may have room again. */
const DISK_FAILURES: ReadonlySet<string> = new Set([
  ...["EIO", "EROFS", "ENXIO", "ENODEV", "ENOTCONN", "ESTALE", "EUCLEAN", "EREMOTEIO", "ETIMEDOUT", "EHOSTDOWN"],
]);
/** What a sync answers when its file is gone or closed: then there is nothing to sync. */
const NOTHING_TO_SYNC: ReadonlySet<string> = new Set(["ENOENT", "EBADF"]);

export class WatchedFiles implements Files {
  readonly #files: Files;
  readonly #onFailure: (failure: FileError) => void;

  constructor(files: Files, onFailure: (failure: FileError) => void) {
    this.#files = files;
    this.#onFailure = onFailure;
  }

  open(path: string, how: "read" | "write" | "create"): File {
    return new WatchedFile(
      this.#attempt(() => this.#files.open(path, how)),
      this,
    );
  }

  list(path: string): string[] {
    return this.#attempt(() => this.#files.list(path));
  }

  stat(path: string): ReturnType<Files["stat"]> {
    return this.#attempt(() => this.#files.stat(path));
  }

  absolute(path: string): string {
    return this.#files.absolute(path);
  }

  createFolder(path: string): void {
    this.#attempt(() => this.#files.createFolder(path));
  }

  rename(from: string, to: string): void {
    this.#attempt(() => this.#files.rename(from, to));
  }

  remove(path: string): void {
    this.#attempt(() => this.#files.remove(path));
  }

  async removeInPool(path: string): Promise<void> {
    try {
      await this.#files.removeInPool(path);
    } catch (error) {
      throw this.failed(error);
    }
  }

  syncFolder(path: string): void {
    try {
      this.#files.syncFolder(path);
    } catch (error) {
      throw this.failedSync(error);
    }
  }

  async syncFolderInPool(path: string): Promise<void> {
    try {
      await this.#files.syncFolderInPool(path);
    } catch (error) {
      throw this.failedSync(error);
    }
  }

  space(path: string): ReturnType<Files["space"]> {
    return this.#files.space(path);
  }

  lock(path: string): ReturnType<Files["lock"]> {
    return this.#files.lock(path);
  }

  /** Tells of the failure, if it is the disk's, and gives it back. */
  failed(error: unknown): unknown {
    if (error instanceof FileError && DISK_FAILURES.has(error.code)) this.#onFailure(error);
    return error;
  }

  /** After a failed sync nobody knows what is on the disk, whatever its code. */
  failedSync(error: unknown): unknown {
    if (error instanceof FileError && !NOTHING_TO_SYNC.has(error.code)) this.#onFailure(error);
    return error;
  }

  #attempt<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw this.failed(error);
    }
  }
}

class WatchedFile implements File {
  readonly #file: File;
  readonly #owner: WatchedFiles;

  constructor(file: File, owner: WatchedFiles) {
    this.#file = file;
    this.#owner = owner;
  }

  get bytes(): number {
    return this.#file.bytes;
  }

  write(parts: readonly Uint8Array[], at: number): void {
    try {
      this.#file.write(parts, at);
    } catch (error) {
      throw this.#owner.failed(error);
    }
  }

  read(into: Uint8Array, at: number): number {
    try {
      return this.#file.read(into, at);
    } catch (error) {
      throw this.#owner.failed(error);
    }
  }

  async readCold(into: Uint8Array, at: number): Promise<number> {
    try {
      return await this.#file.readCold(into, at);
    } catch (error) {
      throw this.#owner.failed(error);
    }
  }

  async sync(): Promise<void> {
    try {
      await this.#file.sync();
    } catch (error) {
      throw this.#owner.failedSync(error);
    }
  }

  syncNow(): void {
    try {
      this.#file.syncNow();
    } catch (error) {
      throw this.#owner.failedSync(error);
    }
  }

  truncate(bytes: number): void {
    try {
      this.#file.truncate(bytes);
    } catch (error) {
      throw this.#owner.failed(error);
    }
  }

  close(): void {
    this.#file.close();
  }
}
