/** Small files that are replaced as a whole: written beside, synced, renamed, so that a crash leaves the old or the new. */
import type { Files } from "../../lib/environment.js";

/** Larger than any checkpoint of 100,000 partitions; what is larger is not read. */
const SMALL_FILE_BYTES_MAX = 64 * 1024 * 1024;

export function replaceFile(files: Files, folder: string, name: string, text: string): void {
  const path = `${folder}/${name}`;
  const temporary = `${path}.tmp`;
  const file = files.open(temporary, "create");
  try {
    file.truncate(0);
    file.write([Buffer.from(text)], 0);
    file.syncNow();
  } finally {
    file.close();
  }
  files.rename(temporary, path);
  files.syncFolder(folder);
}

/**
 * The same without stopping the loop. Two for one file may not be under way at once. When it is not wanted any more,
 * because the folder may be another one by then, the old file stays.
 */
export async function replaceFileInPool(
  files: Files,
  folder: string,
  name: string,
  text: string,
  isWanted: () => boolean,
): Promise<void> {
  const path = `${folder}/${name}`;
  const temporary = `${path}.tmp`;
  const file = files.open(temporary, "create");
  try {
    file.truncate(0);
    file.write([Buffer.from(text)], 0);
    await file.sync();
  } finally {
    file.close();
  }
  if (!isWanted()) return;
  files.rename(temporary, path);
  await files.syncFolderInPool(folder);
}

/** The whole file, or null if there is none, or one that cannot be a small file. */
export function readSmallFile(files: Files, folder: string, name: string): Buffer | null {
  const path = `${folder}/${name}`;
  const stat = files.stat(path);
  if (stat === null || stat.isFolder || stat.bytes > SMALL_FILE_BYTES_MAX) return null;
  const file = files.open(path, "read");
  try {
    const bytes = Buffer.allocUnsafe(file.bytes);
    return bytes.subarray(0, file.read(bytes, 0));
  } finally {
    file.close();
  }
}
