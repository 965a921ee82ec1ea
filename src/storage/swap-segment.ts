/**
 * How compaction puts a segment in the place of those it was made from, so that a crash at any moment leaves a log:
 *
 * 1. The new files are written and synced as `.cleaned`. A crash: they are removed.
 * 2. They become `.swap`, synced. From here on the new segment counts: a crash finishes the work when the log is loaded.
 * 3. The old files become `.deleted`, synced.
 * 4. The new files get their names. That need not be durable: it is done again after a crash.
 */
import type { Files } from "../lib/environment.js";
import { offsetInFileName, segmentFileName } from "./file-names.js";
import { HeaderScan } from "./header-scan.js";
import type { Segment } from "./segment.js";

export const CLEANED = ".cleaned";
const SWAP = ".swap";
const SEGMENT_FILES = [".index", ".timeindex", ".log"] as const;

/** Steps 2 to 4. Returns the files to remove later. */
export function swapIn(files: Files, folder: string, baseOffset: number, old: readonly Segment[]): readonly string[] {
  renameAll(files, folder, baseOffset, CLEANED, SWAP);
  files.syncFolder(folder);
  const deleted = old.flatMap((segment) => segment.retire(folder));
  files.syncFolder(folder);
  renameAll(files, folder, baseOffset, SWAP, "");
  return deleted;
}

/** Removes what a compaction that was given up has written. */
export function removeCleaned(files: Files, folder: string, baseOffset: number): void {
  for (const file of SEGMENT_FILES) files.remove(`${folder}/${segmentFileName(baseOffset, file)}${CLEANED}`);
}

/** What a crash left: removes new segments that do not count yet, and puts those that do in their place. */
export function finishSwaps(files: Files, folder: string): void {
  const leftovers = files.list(folder).filter((name) => name.endsWith(CLEANED) || name.endsWith(SWAP));
  if (leftovers.length === 0) return;
  const swapped = leftovers.filter(
    (name) => name.endsWith(SWAP) && offsetInFileName(withoutSwap(name), ".log") !== null,
  );
  for (const name of swapped) removeReplaced(files, folder, name);
  // Indexes are built again where they are missing; one that belongs to other bytes would mislead.
  for (const name of leftovers) if (!swapped.includes(name)) files.remove(`${folder}/${name}`);
  files.syncFolder(folder);
  for (const name of swapped) files.rename(`${folder}/${name}`, `${folder}/${withoutSwap(name)}`);
  files.syncFolder(folder);
}

function withoutSwap(name: string): string {
  return name.slice(0, -SWAP.length);
}

function renameAll(files: Files, folder: string, baseOffset: number, from: string, to: string): void {
  for (const file of SEGMENT_FILES) {
    const path = `${folder}/${segmentFileName(baseOffset, file)}`;
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
