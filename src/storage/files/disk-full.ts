/** What a full disk means: a write may be tried again when there is room, a sync may not. */
import { type File, FileError } from "../../lib/environment.js";

/** No space, or no more for this user. */
export function isDiskFull(error: unknown): error is FileError {
  return error instanceof FileError && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

/**
 * Makes durable what was written. A disk that turns out to be full only now has lost some of it, and nobody knows what:
 * that is a failure like any other, and no reason to wait for room.
 */
export async function syncFile(file: File): Promise<void> {
  try {
    await file.sync();
  } catch (error) {
    throw isDiskFull(error) ? new FileError("EIO", error.path, error.message) : error;
  }
}
