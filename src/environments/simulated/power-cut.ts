/**
 * What a power cut leaves of a disk. Whatever was synced is there. Of the rest, any subset: writes are kept, dropped or
 * torn at sectors, a file's length may arrive without its bytes, and names change independently of one another. That is
 * more than most file systems do to a program, and no more than POSIX allows.
 */
import type { ChunkedBytes } from "../memory/chunked-bytes.js";
import { emptyFolder } from "../memory/folders.js";
import { applyChange, Disk, type DiskEntry, type DiskFolder, Inode, type PendingChange, setName } from "./disk.js";
import type { RandomStream } from "./random-stream.js";

const SECTOR_BYTES = 512;

/** The disk as it is found after a power cut that happens now. The disk itself is not changed. */
export function afterPowerCut(disk: Disk, random: RandomStream): Disk {
  const damage = random.pick<Damage>(
    "any subset",
    "any subset",
    "any subset",
    "torn at a byte",
    "all unsynced is lost",
  );
  const names = survivingNames(disk, damage === "all unsynced is lost" ? 0 : keepProbability(random), random);
  return new Disk(disk.bytesMax, survivingFolder(disk.root, names, damage, random));
}

type Damage = "any subset" | "torn at a byte" | "all unsynced is lost";
type Names = (folder: DiskFolder) => ReadonlyMap<string, DiskEntry>;

function keepProbability(random: RandomStream): number {
  return random.pick(0, 0.1, 0.5, 0.9, 1);
}

function survivingNames(disk: Disk, keep: number, random: RandomStream): Names {
  const changed = new Map<DiskFolder, Map<string, DiskEntry>>();
  for (const changes of disk.pendingNames) {
    if (!random.chance(keep)) continue;
    for (const { folder, name, entry } of changes) {
      const names = changed.get(folder) ?? new Map(disk.durableNames(folder));
      changed.set(folder, names);
      setName(names, name, entry);
    }
  }
  return (folder) => changed.get(folder) ?? disk.durableNames(folder);
}

function survivingFolder(folder: DiskFolder, names: Names, damage: Damage, random: RandomStream): DiskFolder {
  const survivor: DiskFolder = emptyFolder(folder.modifiedMs);
  for (const [name, entry] of names(folder)) {
    survivor.entries.set(
      name,
      entry.kind === "folder"
        ? survivingFolder(entry, names, damage, random)
        : { kind: "file", content: new Inode(survivingBytes(entry.content, damage, random), entry.content.modifiedMs) },
    );
  }
  return survivor;
}

function survivingBytes(inode: Inode, damage: Damage, random: RandomStream): ChunkedBytes {
  const content = inode.durable.copy();
  if (damage === "any subset") keepSubset(content, inode.pending, random);
  if (damage === "torn at a byte") keepPrefix(content, inode.pending, random);
  return content;
}

function keepSubset(content: ChunkedBytes, pending: readonly PendingChange[], random: RandomStream): void {
  const keep = keepProbability(random);
  for (const change of pending) {
    const kept = random.chance(keep);
    if (change.kind === "truncate" || change.bytes.length === 0) {
      if (kept) applyChange(content, change);
      continue;
    }
    // In some cases the length arrives, and the bytes read as zeros.
    const end = change.at + change.bytes.length;
    if (content.length < end && (kept || random.chance(0.2))) content.truncate(end);
    if (kept) writeSectors(content, change, random.chance(0.5) ? 1 : 0.5, random);
  }
}

function writeSectors(
  content: ChunkedBytes,
  { at, bytes }: { readonly at: number; readonly bytes: Uint8Array },
  keep: number,
  random: RandomStream,
): void {
  for (let start = 0; start < bytes.length; ) {
    const end = Math.min(bytes.length, start + SECTOR_BYTES - ((at + start) % SECTOR_BYTES));
    if (random.chance(keep)) content.write(bytes.subarray(start, end), at + start);
    start = end;
  }
}

function keepPrefix(content: ChunkedBytes, pending: readonly PendingChange[], random: RandomStream): void {
  const whole = random.between(0, pending.length);
  for (const change of pending.slice(0, whole)) applyChange(content, change);
  const torn = pending[whole];
  if (torn?.kind === "write") content.write(torn.bytes.subarray(0, random.below(torn.bytes.length + 1)), torn.at);
}
