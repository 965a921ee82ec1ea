/** The files of one segment: they share its base offset in their names. */
import type { Files } from "../../lib/environment.js";
import { DELETED, type SegmentFile, segmentFileName } from "../files/file-names.js";

/** An index that was never needed may not exist, nor does a transaction index in which nothing stands. */
export const SEGMENT_FILES: readonly SegmentFile[] = [".log", ".index", ".timeindex", ".txnindex"];

/** Gives them the names of deleted ones, which are returned: they are removed later. */
export function retireSegmentFiles(files: Files, folder: string, baseOffset: number): readonly string[] {
  const deleted: string[] = [];
  for (const file of SEGMENT_FILES) {
    const path = `${folder}/${segmentFileName(baseOffset, file)}`;
    if (files.stat(path) === null) continue;
    files.rename(path, `${path}${DELETED}`);
    deleted.push(`${path}${DELETED}`);
  }
  return deleted;
}

export function removeSegmentFiles(files: Files, folder: string, baseOffset: number): void {
  for (const file of SEGMENT_FILES) files.remove(`${folder}/${segmentFileName(baseOffset, file)}`);
}
