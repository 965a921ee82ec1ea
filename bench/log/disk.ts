/** The disk under the bench: whether it has room, and how a file is made cold again. */
import { spawnSync } from "node:child_process";
import { closeSync, fsyncSync, openSync, readdirSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BYTES_PER_GB } from "./figures.js";

/** What the bench leaves free, for everybody else on the disk. */
const SPARE_BYTES = 5 * BYTES_PER_GB;

/** Null when there is room for so much; else why the bench cannot run. */
export function whyNoRoom(bytes: number): string | null {
  const { bavail, bsize } = statfsSync(tmpdir());
  const free = bavail * bsize;
  if (free >= bytes + SPARE_BYTES) return null;
  const gigabytes = (count: number) => `${(count / BYTES_PER_GB).toFixed(1)} GB`;
  return (
    `This needs ${gigabytes(bytes)} of disk for a while and leaves ${gigabytes(SPARE_BYTES)} free, ` +
    `but ${tmpdir()} has ${gigabytes(free)}. Make room, set TMPDIR to another folder, or use --quick.`
  );
}

/**
 * Makes the system forget what it holds of these files: they are read from the disk next. By `dd` of GNU, which advises the
 * system so (posix_fadvise); nothing else on the machine is touched. False: this system has no such means.
 */
export function makeCold(folder: string): boolean {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .every((path) => {
      syncFile(path);
      return spawnSync("dd", [`if=${path}`, "iflag=nocache", "count=0", "status=none"]).status === 0;
    });
}

/** Only what is on the disk can be forgotten. */
function syncFile(path: string): void {
  const descriptor = openSync(path, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
