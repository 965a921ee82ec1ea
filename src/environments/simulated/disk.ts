import type { ChunkedBytes } from "../memory/chunked-bytes.js";
import { type Entry, emptyFolder, type Folder } from "../memory/folders.js";

/** How long a call through the thread pool may take on a disk that is well. */
export const POOL_MS_MAX = 5;

/** A change of a file's bytes that no sync has made durable yet. */
export type PendingChange =
  | { readonly kind: "write"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly to: number };

/** A change of names that no sync of its folder has made durable yet; a rename is one change of two names. */
export type PendingNames = readonly {
  readonly folder: DiskFolder;
  readonly name: string;
  readonly entry: DiskEntry | null;
}[];

export type DiskEntry = Entry<Inode>;
export type DiskFolder = Folder<Inode>;

/** What is about to be done, for the watcher of the disk. */
export interface DiskOperation {
  readonly kind:
    | "create"
    | "createFolder"
    | "read"
    | "write"
    | "truncate"
    | "sync"
    | "rename"
    | "remove"
    | "syncFolder";
  readonly path: string;
}

/** The bytes of a file: as programs see them, and as a power cut would leave them. */
export class Inode {
  readonly seen: ChunkedBytes;
  readonly durable: ChunkedBytes;
  modifiedMs: number;
  /** Oldest first. */
  readonly #pending: PendingChange[] = [];
  /** How many changes were made durable or lost so far, so that a slow sync covers no more than what it found. */
  #settled = 0;

  constructor(content: ChunkedBytes, modifiedMs: number) {
    this.seen = content;
    this.durable = content.copy();
    this.modifiedMs = modifiedMs;
  }

  get pending(): readonly PendingChange[] {
    return this.#pending;
  }

  change(change: PendingChange): void {
    this.#pending.push(change);
    applyChange(this.seen, change);
  }

  /** A mark behind the newest change. */
  get newest(): number {
    return this.#settled + this.#pending.length;
  }

  /** Makes all changes up to the mark durable. */
  syncUpTo(mark: number): void {
    for (const change of this.#settle(mark)) applyChange(this.durable, change);
  }

  /**
   * A sync that fails: the system takes the pages for clean, so what was pending never reaches the disk, although it is
   * still read from memory.
   */
  losePending(): void {
    this.#settle(this.newest);
  }

  #settle(mark: number): PendingChange[] {
    const settled = this.#pending.splice(0, Math.max(0, mark - this.#settled));
    this.#settled += settled.length;
    return settled;
  }
}

export function applyChange(content: ChunkedBytes, change: PendingChange): void {
  if (change.kind === "write") content.write(change.bytes, change.at);
  else content.truncate(change.to);
}

/**
 * A disk that outlives the processes that use it, with a page cache that outlives a killed process, but not a power cut.
 */
export class Disk {
  readonly root: DiskFolder;
  /** Called before every operation; returns the code of the error that it shall end with, or null. */
  watch: (operation: DiskOperation) => string | null = () => null;
  /** How long a call through the thread pool may take; a test may make it slow. */
  poolMsMax = POOL_MS_MAX;
  /** Lock files and who holds them. */
  readonly locks = new Map<string, { readonly alive: boolean }>();
  readonly #durableNames = new Map<DiskFolder, Map<string, DiskEntry>>();
  #pendingNames: PendingNames[] = [];
  #bytesMax: number;
  /** The room that is surely left: what was when all files were last counted, which takes long, less what was taken since. */
  #roomBytes = 0;

  constructor(bytesMax: number, root: DiskFolder = emptyFolder(0)) {
    this.#bytesMax = bytesMax;
    this.root = root;
    this.#settleNames(root);
  }

  /** How much all files together may hold; a test may lower it to fill the disk. */
  get bytesMax(): number {
    return this.#bytesMax;
  }

  set bytesMax(bytes: number) {
    this.#bytesMax = bytes;
    this.#roomBytes = 0;
  }

  /** Takes room for so many bytes, or as much as there is. Returns how much. */
  takeRoom(bytes: number): number {
    if (bytes > this.#roomBytes) this.#roomBytes = Math.max(0, this.#bytesMax - this.usedBytes());
    const taken = Math.min(bytes, this.#roomBytes);
    this.#roomBytes -= taken;
    return taken;
  }

  get pendingNames(): readonly PendingNames[] {
    return this.#pendingNames;
  }

  /** How much all files hold that have a name. */
  usedBytes(folder: DiskFolder = this.root): number {
    let total = 0;
    for (const entry of folder.entries.values()) {
      total += entry.kind === "file" ? entry.content.seen.length : this.usedBytes(entry);
    }
    return total;
  }

  /** Notes names that have changed. */
  named(changes: PendingNames): void {
    this.#pendingNames.push(changes);
  }

  /** Makes the names in a folder durable, and with a rename its other name: those of its changes that are in `noted`. */
  syncFolder(folder: DiskFolder, noted: ReadonlySet<PendingNames> = new Set(this.#pendingNames)): void {
    const isCovered = (changes: PendingNames): boolean =>
      noted.has(changes) && changes.some((change) => change.folder === folder);
    for (const changes of this.#pendingNames.filter(isCovered)) {
      for (const { folder, name, entry } of changes) setName(this.durableNames(folder), name, entry);
    }
    this.#pendingNames = this.#pendingNames.filter((changes) => !isCovered(changes));
  }

  durableNames(folder: DiskFolder): Map<string, DiskEntry> {
    let names = this.#durableNames.get(folder);
    if (names === undefined) {
      names = new Map();
      this.#durableNames.set(folder, names);
    }
    return names;
  }

  #settleNames(folder: DiskFolder): void {
    this.#durableNames.set(folder, new Map(folder.entries));
    for (const entry of folder.entries.values()) {
      if (entry.kind === "folder") this.#settleNames(entry);
    }
  }
}

export function setName(names: Map<string, DiskEntry>, name: string, entry: DiskEntry | null): void {
  if (entry === null) names.delete(name);
  else names.set(name, entry);
}
