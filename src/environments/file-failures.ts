import { FileError } from "../lib/environment.js";

/** One sentence per system code: what happened to the file, and what a person can do about it. */
const sentences: Readonly<Record<string, (path: string) => string>> = {
  EACCES: (path) => `No permission for ${path}: change the owner or mode of the folder, or run as a user who may.`,
  EPERM: (path) => `The system does not allow this on ${path}: check its owner, its mode and whether it is in use.`,
  EROFS: (path) => `${path} is on a read-only file system: mount it writable or choose another folder.`,
  ENOSPC: (path) => `The disk is full at ${path}: free some space or shorten the retention.`,
  EDQUOT: (path) => `The disk quota is used up at ${path}: free some space or raise the quota.`,
  EFBIG: (path) => `${path} would grow beyond what the file system or the process limit (ulimit -f) allows.`,
  EIO: (path) => `The disk failed at ${path}: look at the system log; the disk may need to be replaced.`,
  EMFILE: (path) => `Too many open files at ${path}: raise the limit of the process (ulimit -n).`,
  ENFILE: (path) => `The system has too many open files at ${path}: raise its limit (fs.file-max).`,
  ENOENT: (path) => `${path} does not exist.`,
  EEXIST: (path) => `${path} exists already.`,
  ENOTDIR: (path) => `${path} is a file, or lies below one, where a folder is needed.`,
  EISDIR: (path) => `${path} is a folder where a file is needed.`,
  ENOTEMPTY: (path) => `The folder ${path} is not empty.`,
  ENAMETOOLONG: (path) => `The name ${path} is too long for this file system: choose a shorter data folder.`,
  EBUSY: (path) => `${path} is in use by another program: close it and try again.`,
};

/** The failure `code` at `path`; `detail` is the system's own text, used where there is no sentence of ours. */
export function fileError(code: string, path: string, detail = code): FileError {
  return new FileError(code, path, sentences[code]?.(path) ?? `${path}: ${detail}`);
}
