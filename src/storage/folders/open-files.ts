/**
 * Files that stay open between their uses, but only so many of them: descriptors are few. One that was not used of late is
 * closed, and opened again when it is needed.
 */
import { type File, FileError, type Files } from "../../lib/environment.js";

export class OpenFiles implements Files {
  readonly #files: Files;
  readonly #openMax: number;
  /** The one that was opened first comes first. */
  readonly #open = new Set<KeptFile>();

  constructor(files: Files, openMax: number) {
    this.#files = files;
    this.#openMax = openMax;
  }

  /** What is only read is closed soon, and stays outside of the limit. */
  open(path: string, how: "read" | "write" | "create"): File {
    const file = this.#files.open(path, how);
    return how === "read" ? file : new KeptFile(path, file, this);
  }

  list(path: string): string[] {
    return this.#files.list(path);
  }

  stat(path: string): ReturnType<Files["stat"]> {
    return this.#files.stat(path);
  }

  absolute(path: string): string {
    return this.#files.absolute(path);
  }

  createFolder(path: string): void {
    this.#files.createFolder(path);
  }

  rename(from: string, to: string): void {
    this.#files.rename(from, to);
  }

  remove(path: string): void {
    this.#files.remove(path);
  }

  removeInPool(path: string): Promise<void> {
    return this.#files.removeInPool(path);
  }

  syncFolder(path: string): void {
    this.#files.syncFolder(path);
  }

  syncFolderInPool(path: string): Promise<void> {
    return this.#files.syncFolderInPool(path);
  }

  space(path: string): ReturnType<Files["space"]> {
    return this.#files.space(path);
  }

  lock(path: string): ReturnType<Files["lock"]> {
    return this.#files.lock(path);
  }

  reopen(path: string): File {
    return this.#files.open(path, "write");
  }

  opened(file: KeptFile): void {
    this.#open.add(file);
    for (const oldest of this.#open) {
      if (this.#open.size <= this.#openMax) return;
      this.#open.delete(oldest);
      // Who was used since it was last looked at gets another chance.
      if (oldest.tellUsed()) this.#open.add(oldest);
      else oldest.suspend();
    }
  }

  closed(file: KeptFile): void {
    this.#open.delete(file);
  }
}

/** A file that may be closed behind its user's back. What was written is still synced: a sync is of the file, not of a handle. */
class KeptFile implements File {
  readonly #path: string;
  readonly #owner: OpenFiles;
  #file: File | null;
  #suspendedBytes = 0;
  #isUsed = true;
  #isClosed = false;

  constructor(path: string, file: File, owner: OpenFiles) {
    this.#path = path;
    this.#file = file;
    this.#owner = owner;
    owner.opened(this);
  }

  get bytes(): number {
    return this.#file?.bytes ?? this.#suspendedBytes;
  }

  write(parts: readonly Uint8Array[], at: number): void {
    this.#use().write(parts, at);
  }

  read(into: Uint8Array, at: number): number {
    return this.#use().read(into, at);
  }

  readCold(into: Uint8Array, at: number): Promise<number> {
    return this.#use().readCold(into, at);
  }

  sync(): Promise<void> {
    return this.#use().sync();
  }

  syncNow(): void {
    this.#use().syncNow();
  }

  truncate(bytes: number): void {
    this.#use().truncate(bytes);
  }

  close(): void {
    this.#isClosed = true;
    this.#owner.closed(this);
    this.#file?.close();
    this.#file = null;
  }

  /** Whether it was used since it was last asked. */
  tellUsed(): boolean {
    const isUsed = this.#isUsed;
    this.#isUsed = false;
    return isUsed;
  }

  suspend(): void {
    this.#suspendedBytes = this.bytes;
    this.#file?.close();
    this.#file = null;
  }

  #use(): File {
    this.#isUsed = true;
    if (this.#file !== null) return this.#file;
    if (this.#isClosed) throw new FileError("EBADF", this.#path, `The file ${this.#path} was used after it was closed`);
    this.#file = this.#owner.reopen(this.#path);
    this.#owner.opened(this);
    return this.#file;
  }
}
