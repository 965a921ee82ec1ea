import type { File, Files } from "../../lib/environment.js";
import { fileError } from "../file-failures.js";
import { ChunkedBytes } from "../memory/chunked-bytes.js";
import { absolutePath, find, makeFolders, moveEntry, parentOf } from "../memory/folders.js";
import { type Disk, type DiskEntry, type DiskFolder, type DiskOperation, Inode } from "./disk.js";
import type { ProcessLoop } from "./event-loop.js";
import type { RandomStream } from "./random-stream.js";

/**
 * A disk as one process sees it. When the process ends in the middle of a call, that call and all later ones do nothing
 * and return as if all were well: no exception passes through code that would never have run.
 */
export class SimulatedFiles implements Files {
  readonly #disk: Disk;
  readonly #process: ProcessLoop;
  readonly #random: RandomStream;

  constructor(disk: Disk, process: ProcessLoop, random: RandomStream) {
    this.#disk = disk;
    this.#process = process;
    this.#random = random;
  }

  open(path: string, how: "read" | "write" | "create"): File {
    if (!this.#process.alive) return this.#handle(path, new Inode(new ChunkedBytes(), this.#nowMs), how);
    const { folder, name } = parentOf(this.#disk.root, path);
    let entry = folder.entries.get(name);
    if (entry === undefined) {
      if (how !== "create") throw fileError("ENOENT", path);
      entry = { kind: "file", content: new Inode(new ChunkedBytes(), this.#nowMs) };
      if (this.#admits("create", path)) this.#name(folder, name, entry);
    }
    if (entry.kind === "folder") throw fileError("EISDIR", path);
    return this.#handle(path, entry.content, how);
  }

  list(path: string): string[] {
    const entry = find(this.#disk.root, path);
    if (entry === null) return [];
    if (entry.kind === "file") throw fileError("ENOTDIR", path);
    return [...entry.entries.keys()].sort();
  }

  stat(path: string): { bytes: number; modifiedMs: number; isFolder: boolean } | null {
    const entry = find(this.#disk.root, path);
    if (entry === null) return null;
    if (entry.kind === "folder") return { bytes: 0, modifiedMs: entry.modifiedMs, isFolder: true };
    return { bytes: entry.content.seen.length, modifiedMs: entry.content.modifiedMs, isFolder: false };
  }

  absolute(path: string): string {
    return absolutePath(path);
  }

  createFolder(path: string): void {
    if (find(this.#disk.root, path)?.kind === "folder" || !this.#admits("createFolder", path)) return;
    for (const { in: folder, name } of makeFolders(this.#disk.root, path, this.#nowMs)) {
      this.#disk.named([{ folder, name, entry: folder.entries.get(name) ?? null }]);
    }
  }

  rename(from: string, to: string): void {
    if (!this.#admits("rename", from)) return;
    moveEntry(this.#disk.root, from, to);
    const source = parentOf(this.#disk.root, from);
    const target = parentOf(this.#disk.root, to);
    this.#disk.named([
      { ...source, entry: null },
      { ...target, entry: target.folder.entries.get(target.name) ?? null },
    ]);
  }

  remove(path: string): void {
    if (find(this.#disk.root, path) === null || !this.#admits("remove", path)) return;
    const { folder, name } = parentOf(this.#disk.root, path);
    this.#removeName(folder, name);
  }

  async removeInPool(path: string): Promise<void> {
    await throughPool(this.#process, this.#disk, this.#random);
    this.remove(path);
  }

  syncFolder(path: string): void {
    if (this.#admits("syncFolder", path)) this.#disk.syncFolder(this.#folderAt(path));
  }

  async syncFolderInPool(path: string): Promise<void> {
    const folder = this.#process.alive ? this.#folderAt(path) : null;
    const noted = new Set(this.#disk.pendingNames);
    await throughPool(this.#process, this.#disk, this.#random);
    if (folder !== null && this.#admits("syncFolder", path)) this.#disk.syncFolder(folder, noted);
  }

  space(): { free: number; total: number } {
    const total = this.#disk.bytesMax;
    return { free: Math.max(0, total - this.#disk.usedBytes()), total };
  }

  lock(path: string): { release(): void } | { heldBy: string } {
    if (this.#disk.locks.get(path)?.alive) return { heldBy: "another process on this host" };
    this.#disk.locks.set(path, this.#process);
    return { release: () => void this.#disk.locks.delete(path) };
  }

  #folderAt(path: string): DiskFolder {
    const folder = find(this.#disk.root, path);
    if (folder === null) throw fileError("ENOENT", path);
    if (folder.kind === "file") throw fileError("ENOTDIR", path);
    return folder;
  }

  #handle(path: string, inode: Inode, how: "read" | "write" | "create"): File {
    return new SimulatedFile(path, inode, how !== "read", this.#disk, this.#process, this.#random);
  }

  /** Files are dated by the wall clock. */
  get #nowMs(): number {
    return this.#process.wallMs;
  }

  #name(folder: DiskFolder, name: string, entry: DiskEntry): void {
    folder.entries.set(name, entry);
    folder.modifiedMs = this.#nowMs;
    this.#disk.named([{ folder, name, entry }]);
  }

  /** A folder is emptied name by name: a power cut may leave it half removed. */
  #removeName(folder: DiskFolder, name: string): void {
    const entry = folder.entries.get(name);
    if (entry?.kind === "folder") for (const inner of [...entry.entries.keys()]) this.#removeName(entry, inner);
    folder.entries.delete(name);
    folder.modifiedMs = this.#nowMs;
    this.#disk.named([{ folder, name, entry: null }]);
  }

  #admits(kind: DiskOperation["kind"], path: string): boolean {
    return admits(this.#disk, this.#process, kind, path);
  }
}

class SimulatedFile implements File {
  readonly #path: string;
  readonly #inode: Inode;
  readonly #writable: boolean;
  readonly #disk: Disk;
  readonly #process: ProcessLoop;
  readonly #random: RandomStream;
  #open = true;

  constructor(path: string, inode: Inode, writable: boolean, disk: Disk, process: ProcessLoop, random: RandomStream) {
    this.#path = path;
    this.#inode = inode;
    this.#writable = writable;
    this.#disk = disk;
    this.#process = process;
    this.#random = random;
  }

  get bytes(): number {
    return this.#inode.seen.length;
  }

  write(parts: readonly Uint8Array[], at: number): void {
    this.#assertWritable();
    if (!this.#admits("write")) return;
    const bytes = Buffer.concat(parts);
    if (bytes.length === 0) return;
    const growth = Math.max(0, at + bytes.length - this.bytes);
    const room = this.#disk.takeRoom(growth);
    if (room < growth) {
      // A full disk takes what fits.
      this.#change({ kind: "write", at, bytes: bytes.subarray(0, bytes.length - growth + room) });
      throw fileError("ENOSPC", this.#path);
    }
    this.#change({ kind: "write", at, bytes });
  }

  read(into: Uint8Array, at: number): number {
    this.#assertOpen();
    this.#admits("read");
    return this.#inode.seen.read(into, at);
  }

  async readCold(into: Uint8Array, at: number): Promise<number> {
    this.#assertOpen();
    await this.#throughPool();
    this.#admits("read");
    return this.#inode.seen.read(into, at);
  }

  async sync(): Promise<void> {
    this.#assertOpen();
    const mark = this.#inode.newest;
    await this.#throughPool();
    this.#syncUpTo(mark);
  }

  syncNow(): void {
    this.#assertOpen();
    this.#syncUpTo(this.#inode.newest);
  }

  truncate(bytes: number): void {
    this.#assertWritable();
    if (this.#admits("truncate")) this.#change({ kind: "truncate", to: bytes });
  }

  close(): void {
    this.#open = false;
  }

  #syncUpTo(mark: number): void {
    try {
      if (this.#admits("sync")) this.#inode.syncUpTo(mark);
    } catch (error) {
      this.#inode.losePending();
      throw error;
    }
  }

  #change(change: Parameters<Inode["change"]>[0]): void {
    this.#inode.change(change);
    this.#inode.modifiedMs = this.#process.wallMs;
  }

  #throughPool(): Promise<void> {
    return throughPool(this.#process, this.#disk, this.#random);
  }

  #admits(kind: DiskOperation["kind"]): boolean {
    return admits(this.#disk, this.#process, kind, this.#path);
  }

  #assertWritable(): void {
    this.#assertOpen();
    if (!this.#writable) throw fileError("EBADF", this.#path, "opened for reading only");
  }

  #assertOpen(): void {
    if (!this.#open) throw fileError("EBADF", this.#path, "used after it was closed");
  }
}

/** Ends some time later; never in a process that has ended. */
function throughPool(process: ProcessLoop, { poolMsMax }: Disk, random: RandomStream): Promise<void> {
  return new Promise((resolve) => {
    process.after(random.fraction() * poolMsMax, resolve);
  });
}

/** Whether the operation takes place: the disk may fail it, and a process that has ended does nothing. */
function admits(disk: Disk, process: ProcessLoop, kind: DiskOperation["kind"], path: string): boolean {
  if (!process.alive) return false;
  const code = disk.watch({ kind, path });
  if (!process.alive) return false;
  if (code !== null) throw fileError(code, path);
  return true;
}
