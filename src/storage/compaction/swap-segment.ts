/**
 * How compaction puts a segment in the place of those it was made from, so that a crash at any moment leaves a log:
 *
 * 1. The new files are written and synced as `.cleaned`. A crash: they are removed.
 * 2. They become `.swap`, synced. From here on the new segment counts: a crash finishes the work when the log is loaded.
 * 3. The old files become `.deleted`, synced. Meanwhile the new segment is read under its `.swap` name.
 * 4. The new files get their names. That need not be durable: it is done again after a crash.
 */
import type { Files } from "../../lib/environment.js";
import { DELETED, offsetInFileName, segmentFileName } from "../files/file-names.js";
import { HeaderScan } from "../segments/header-scan.js";
import { SEGMENT_FILES } from "../segments/segment-files.js";

export const CLEANED = ".cleaned";
export const SWAP = ".swap";
/** The records last: when they have their name, all have. */
const RENAMED = SEGMENT_FILES.toReversed();

/** Step 2. Where the new files are wanted no more, it is undone by `undoSwap`. */
export async function beginSwap(files: Files, folder: string, baseOffset: number): Promise<void> {
  renameAll(files, folder, baseOffset, CLEANED, SWAP);
  await files.syncFolderInPool(folder);
}

/** Step 4. Nobody may have the new files open. */
export function endSwap(files: Files, folder: string, baseOffset: number): void {
  renameAll(files, folder, baseOffset, SWAP, "");
}

export function undoSwap(files: Files, folder: string, baseOffset: number): void {
  renameAll(files, folder, baseOffset, SWAP, CLEANED);
}

/** Gives what a compaction has written in vain the names of deleted files, which are returned: they are removed later. */
export function setCleanedAside(files: Files, folder: string, baseOffset: number): readonly string[] {
  const deleted: string[] = [];
  for (const file of SEGMENT_FILES) {
    const path = `${folder}/${segmentFileName(baseOffset, file)}${CLEANED}`;
    if (files.stat(path) === null) continue;
    files.rename(path, `${path}${DELETED}`);
    deleted.push(`${path}${DELETED}`);
  }
  return deleted;
}

/**
 * What a crash left: removes new segments that do not count yet, and puts those that do in their place. From the offset that
 * is returned on the transaction indexes may not be those of their segments; infinite when there was nothing to do.
 */
export function finishSwaps(files: Files, folder: string, names: readonly string[]): number {
  const leftovers = names.filter((name) => name.endsWith(CLEANED) || name.endsWith(SWAP));
  if (leftovers.length === 0) return Number.POSITIVE_INFINITY;
  const swapped = leftovers.filter(
    (name) => name.endsWith(SWAP) && offsetInFileName(withoutSwap(name), ".log") !== null,
  );
  for (const name of swapped) removeReplaced(files, folder, name);
  // Indexes are built again where they are missing; one that belongs to other bytes would mislead.
  for (const name of leftovers) if (!swapped.includes(name)) files.remove(`${folder}/${name}`);
  files.syncFolder(folder);
  for (const name of swapped) files.rename(`${folder}/${name}`, `${folder}/${withoutSwap(name)}`);
  files.syncFolder(folder);
  return Math.min(...leftovers.map(baseOffsetOf));
}

/** 0 for a file that is none of ours. */
function baseOffsetOf(name: string): number {
  const offsets = SEGMENT_FILES.map((file) => offsetInFileName(name.slice(0, name.lastIndexOf(".")), file));
  return offsets.find((offset) => offset !== null) ?? 0;
}

function withoutSwap(name: string): string {
  return name.slice(0, -SWAP.length);
}

function renameAll(files: Files, folder: string, baseOffset: number, from: string, to: string): void {
  for (const file of RENAMED) {
    const path = `${folder}/${segmentFileName(baseOffset, file)}`;
    if (file === ".txnindex" && files.stat(`${path}${from}`) === null) continue;
    files.rename(`${path}${from}`, `${path}${to}`);
  }
}

/** The segments whose offsets the new one covers. */
function removeReplaced(files: Files, folder: string, swapped: string): void {
  const baseOffset = offsetInFileName(withoutSwap(swapped), ".log") ?? 0;
  const endOffset = Math.max(endOffsetOf(files, `${folder}/${swapped}`), baseOffset + 1);
  for (const name of files.list(folder)) {
    const isCovered = SEGMENT_FILES.some((file) => {
      const offset = offsetInFileName(name, file);
      return offset !== null && offset >= baseOffset && offset < endOffset;
    });
    if (isCovered) files.remove(`${folder}/${name}`);
  }
}

/** 0 when nothing is left of the segment. */
function endOffsetOf(files: Files, path: string): number {
  const file = files.open(path, "read");
  try {
    const scan = new HeaderScan(file, 0, file.bytes);
    let endOffset = 0;
    for (let batch = scan.next(); batch !== null; batch = scan.next()) endOffset = batch.lastOffset + 1;
    return endOffset;
  } finally {
    file.close();
  }
}
