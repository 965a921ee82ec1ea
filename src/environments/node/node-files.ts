import fs from "node:fs";
import { dirname, resolve } from "node:path";
import type { File, Files } from "../../lib/environment.js";
import { FileError } from "../../lib/environment.js";
import { fileError } from "../file-failures.js";
import { lockFolder } from "./folder-lock.js";

const openFlags = {
  read: fs.constants.O_RDONLY,
  write: fs.constants.O_RDWR,
  create: fs.constants.O_RDWR | fs.constants.O_CREAT,
} as const;

/** The real disk, by synchronous calls: a hop through the thread pool costs more than a write to the page cache. */
export class NodeFiles implements Files {
  open(path: string, how: "read" | "write" | "create"): File {
    return attempt(path, () => {
      const descriptor = fs.openSync(path, openFlags[how]);
      const stat = fs.fstatSync(descriptor);
      if (stat.isFile()) return new NodeFile(path, descriptor, stat.size);
      fs.closeSync(descriptor);
      throw fileError("EISDIR", path);
    });
  }

  list(path: string): string[] {
    return attempt(path, () => (fs.existsSync(path) ? fs.readdirSync(path).sort() : []));
  }

  stat(path: string): { bytes: number; modifiedMs: number; isFolder: boolean } | null {
    const stat = attempt(path, () => fs.statSync(path, { throwIfNoEntry: false }));
    if (stat === undefined) return null;
    const isFolder = stat.isDirectory();
    return { bytes: isFolder ? 0 : stat.size, modifiedMs: stat.mtimeMs, isFolder };
  }

  absolute(path: string): string {
    return resolve(path);
  }

  createFolder(path: string): void {
    attempt(path, () => makeFolder(resolve(path)));
  }

  rename(from: string, to: string): void {
    attempt(from, () => fs.renameSync(from, to));
  }

  remove(path: string): void {
    attempt(path, () => fs.rmSync(path, { recursive: true, force: true }));
  }

  syncFolder(path: string): void {
    // Windows cannot open a folder for this; NTFS journals its names itself.
    if (process.platform === "win32") return;
    attempt(path, () => {
      const descriptor = fs.openSync(path, fs.constants.O_RDONLY);
      try {
        fs.fsyncSync(descriptor);
      } finally {
        fs.closeSync(descriptor);
      }
    });
  }

  async removeInPool(path: string): Promise<void> {
    try {
      await fs.promises.rm(path, { recursive: true, force: true });
    } catch (error) {
      throw translated(error, path);
    }
  }

  syncFolderInPool(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (process.platform === "win32") return resolve();
      const descriptor = attempt(path, () => fs.openSync(path, fs.constants.O_RDONLY));
      fs.fsync(descriptor, (error) => {
        fs.closeSync(descriptor);
        if (error === null) resolve();
        else reject(translated(error, path));
      });
    });
  }

  space(path: string): { free: number; total: number } {
    const { bavail, blocks, bsize } = attempt(path, () => fs.statfsSync(path));
    return { free: bavail * bsize, total: blocks * bsize };
  }

  lock(path: string): { release(): void } | { heldBy: string } {
    return attempt(path, () => lockFolder(path));
  }
}

class NodeFile implements File {
  readonly #path: string;
  readonly #descriptor: number;
  #bytes: number;
  /** Calls in the thread pool. The descriptor is closed after the last of them, since its number would be used again. */
  #underWay = 0;
  #open = true;

  constructor(path: string, descriptor: number, bytes: number) {
    this.#path = path;
    this.#descriptor = descriptor;
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  write(parts: readonly Uint8Array[], at: number): void {
    let total = 0;
    for (const part of parts) total += part.length;
    const done = this.#writeOnce(parts, at);
    if (done < total) this.#writeRest(Buffer.concat(parts).subarray(done), at + done);
    if (total > 0) this.#bytes = Math.max(this.#bytes, at + total);
  }

  read(into: Uint8Array, at: number): number {
    const descriptor = this.#use();
    for (let done = 0; ; ) {
      const count = attempt(this.#path, () => fs.readSync(descriptor, into, done, into.length - done, at + done));
      done += count;
      if (count === 0 || done === into.length) return done;
    }
  }

  async readCold(into: Uint8Array, at: number): Promise<number> {
    for (let done = 0; ; ) {
      const count = await this.#inPool<number>((end) => {
        fs.read(this.#use(), into, done, into.length - done, at + done, end);
      });
      done += count;
      if (count === 0 || done === into.length) return done;
    }
  }

  async sync(): Promise<void> {
    await this.#inPool<void>((end) => fs.fdatasync(this.#use(), (error) => end(error, undefined)));
  }

  syncNow(): void {
    const descriptor = this.#use();
    attempt(this.#path, () => fs.fdatasyncSync(descriptor));
  }

  truncate(bytes: number): void {
    const descriptor = this.#use();
    attempt(this.#path, () => fs.ftruncateSync(descriptor, bytes));
    this.#bytes = bytes;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    if (this.#underWay === 0) this.#closeDescriptor();
  }

  #writeOnce(parts: readonly Uint8Array[], at: number): number {
    const descriptor = this.#use();
    try {
      const only = parts[0];
      if (only !== undefined && parts.length === 1) return fs.writeSync(descriptor, only, 0, only.length, at);
      return fs.writevSync(descriptor, parts, at);
    } catch (error) {
      throw this.#failedWrite(error);
    }
  }

  /** The system took a part only. Asking it to take the rest makes it say why: disk full, quota, file size limit. */
  #writeRest(rest: Uint8Array, at: number): void {
    for (let done = 0; done < rest.length; ) {
      const count = this.#writeOnce([rest.subarray(done)], at + done);
      if (count === 0) throw this.#failedWrite(fileError("EIO", this.#path));
      done += count;
    }
  }

  /** A failed write may have left some of its bytes: the length is asked for again. */
  #failedWrite(error: unknown): Error {
    this.#bytes = attempt(this.#path, () => fs.fstatSync(this.#descriptor).size);
    return translated(error, this.#path);
  }

  #inPool<T>(start: (end: (error: Error | null, value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      start((error, value) => {
        this.#underWay--;
        if (!this.#open && this.#underWay === 0) this.#closeDescriptor();
        if (error === null) resolve(value);
        else reject(translated(error, this.#path));
      });
      this.#underWay++;
    });
  }

  #use(): number {
    if (!this.#open) throw fileError("EBADF", this.#path, "used after it was closed");
    return this.#descriptor;
  }

  #closeDescriptor(): void {
    attempt(this.#path, () => fs.closeSync(this.#descriptor));
  }
}

/** Node's own recursive way never returns where the system denies that a folder exists which does, as below `/proc`. */
function makeFolder(path: string): void {
  if (fs.existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    fs.mkdirSync(path);
  } catch (error) {
    // Another process was faster: all the same.
    if (!fs.existsSync(path)) throw error;
  }
}

/** Runs a call of the system and turns its error into a `FileError` about `path`. */
function attempt<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw translated(error, path);
  }
}

function translated(error: unknown, path: string): Error {
  if (error instanceof FileError) return error;
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
  // Without a system code it is a mistake of the caller: a bug, not an expected failure.
  if (code === null || code.startsWith("ERR_")) return error instanceof Error ? error : new Error(String(error));
  return fileError(code, path, error instanceof Error ? error.message : code);
}
