import type { File, Files } from "../../lib/environment.js";
import { fileError } from "../file-failures.js";
import { ChunkedBytes } from "./chunked-bytes.js";
import {
  absolutePath,
  type Entry,
  emptyFolder,
  type Folder,
  find,
  makeFolders,
  moveEntry,
  parentOf,
} from "./folders.js";

interface Content {
  readonly bytes: ChunkedBytes;
  modifiedMs: number;
  /** False once its last name is gone: then its bytes no longer count, though open handles still read it. */
  named: boolean;
}

/** A file system in this process: nothing survives it, and every sync is done at once. */
export class MemoryFiles implements Files {
  readonly #root: Folder<Content>;
  readonly #wallMs: () => number;
  readonly #locked = new Set<string>();
  readonly #budget: Budget;

  /** `bytesMax`: how much all files together may hold before writing fails with ENOSPC. */
  constructor(wallMs: () => number, bytesMax: number) {
    this.#wallMs = wallMs;
    this.#root = emptyFolder(wallMs());
    this.#budget = { bytesMax, usedBytes: 0 };
  }

  open(path: string, how: "read" | "write" | "create"): File {
    const { folder, name } = parentOf(this.#root, path);
    let entry = folder.entries.get(name);
    if (entry === undefined) {
      if (how !== "create") throw fileError("ENOENT", path);
      entry = { kind: "file", content: { bytes: new ChunkedBytes(), modifiedMs: this.#wallMs(), named: true } };
      folder.entries.set(name, entry);
      folder.modifiedMs = this.#wallMs();
    }
    if (entry.kind === "folder") throw fileError("EISDIR", path);
    return new MemoryFile(path, entry.content, how !== "read", this.#wallMs, this.#budget);
  }

  list(path: string): string[] {
    const entry = find(this.#root, path);
    if (entry === null) return [];
    if (entry.kind === "file") throw fileError("ENOTDIR", path);
    return [...entry.entries.keys()].sort();
  }

  stat(path: string): { bytes: number; modifiedMs: number; isFolder: boolean } | null {
    const entry = find(this.#root, path);
    if (entry === null) return null;
    if (entry.kind === "folder") return { bytes: 0, modifiedMs: entry.modifiedMs, isFolder: true };
    const { bytes, modifiedMs } = entry.content;
    return { bytes: bytes.length, modifiedMs, isFolder: false };
  }

  absolute(path: string): string {
    return absolutePath(path);
  }

  createFolder(path: string): void {
    makeFolders(this.#root, path, this.#wallMs());
  }

  rename(from: string, to: string): void {
    const { replaced } = moveEntry(this.#root, from, to);
    if (replaced?.kind === "file") this.#forget(replaced.content);
  }

  remove(path: string): void {
    if (find(this.#root, path) === null) return;
    const { folder, name } = parentOf(this.#root, path);
    const entry = folder.entries.get(name);
    folder.entries.delete(name);
    folder.modifiedMs = this.#wallMs();
    if (entry !== undefined) this.#forgetAll(entry);
  }

  syncFolder(path: string): void {
    if (find(this.#root, path) === null) throw fileError("ENOENT", path);
  }

  async removeInPool(path: string): Promise<void> {
    this.remove(path);
  }

  async syncFolderInPool(path: string): Promise<void> {
    this.syncFolder(path);
  }

  space(): { free: number; total: number } {
    const { bytesMax, usedBytes } = this.#budget;
    return { free: bytesMax - usedBytes, total: bytesMax };
  }

  lock(path: string): { release(): void } | { heldBy: string } {
    if (this.#locked.has(path)) return { heldBy: "another broker in this process" };
    this.#locked.add(path);
    return { release: () => void this.#locked.delete(path) };
  }

  #forgetAll(entry: Entry<Content>): void {
    if (entry.kind === "file") this.#forget(entry.content);
    else for (const child of entry.entries.values()) this.#forgetAll(child);
  }

  #forget(content: Content): void {
    content.named = false;
    this.#budget.usedBytes -= content.bytes.length;
  }
}

interface Budget {
  readonly bytesMax: number;
  usedBytes: number;
}

class MemoryFile implements File {
  readonly #path: string;
  readonly #content: Content;
  readonly #writable: boolean;
  readonly #wallMs: () => number;
  readonly #budget: Budget;
  #open = true;

  constructor(path: string, content: Content, writable: boolean, wallMs: () => number, budget: Budget) {
    this.#path = path;
    this.#content = content;
    this.#writable = writable;
    this.#wallMs = wallMs;
    this.#budget = budget;
  }

  get bytes(): number {
    return this.#content.bytes.length;
  }

  write(parts: readonly Uint8Array[], at: number): void {
    let total = 0;
    for (const part of parts) total += part.length;
    this.#change(total === 0 ? this.bytes : Math.max(at + total, this.bytes));
    let position = at;
    for (const part of parts) {
      this.#content.bytes.write(part, position);
      position += part.length;
    }
  }

  read(into: Uint8Array, at: number): number {
    this.#assertOpen();
    return this.#content.bytes.read(into, at);
  }

  async readCold(into: Uint8Array, at: number): Promise<number> {
    return this.read(into, at);
  }

  async sync(): Promise<void> {
    this.#assertOpen();
  }

  syncNow(): void {
    this.#assertOpen();
  }

  truncate(bytes: number): void {
    this.#change(bytes);
    this.#content.bytes.truncate(bytes);
  }

  close(): void {
    this.#open = false;
  }

  /** Pays for a new length before it is taken. */
  #change(newLength: number): void {
    this.#assertOpen();
    if (!this.#writable) throw fileError("EBADF", this.#path, "opened for reading only");
    if (this.#content.named) {
      const usedBytes = this.#budget.usedBytes + newLength - this.bytes;
      if (newLength > this.bytes && usedBytes > this.#budget.bytesMax) throw fileError("ENOSPC", this.#path);
      this.#budget.usedBytes = usedBytes;
    }
    this.#content.modifiedMs = this.#wallMs();
  }

  #assertOpen(): void {
    if (!this.#open) throw fileError("EBADF", this.#path, "used after it was closed");
  }
}
