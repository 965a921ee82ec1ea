/**
 * The process that holds a write lock of Java's kind (fcntl) on a file, by the text of `/proc/locks`; null when none is
 * listed. A line reads `1: POSIX  ADVISORY  WRITE 7142 fe:00:9977907 0 EOF`. Linux leaves out processes that this one
 * cannot see, such as those of another container.
 */
export function javaLockHolder(procLocks: string, device: bigint, inode: bigint): string | null {
  return writeLockHolder(procLocks, ["POSIX", "OFDLCK"], device, inode);
}

/** Whether a file has a lock of our own kind, flock. The process that is listed took it, and may be gone. */
export function isFlocked(procLocks: string, device: bigint, inode: bigint): boolean {
  return writeLockHolder(procLocks, ["FLOCK"], device, inode) !== null;
}

function writeLockHolder(procLocks: string, kinds: readonly string[], device: bigint, inode: bigint): string | null {
  const file = `${majorOf(device)}:${minorOf(device)}:${inode}`;
  for (const line of procLocks.split("\n")) {
    const [, kind = "", , mode, processId, lockedFile] = line.split(/\s+/);
    const isWanted = kinds.includes(kind) && mode === "WRITE" && lockedFile === file;
    if (isWanted && processId !== undefined) return processId;
  }
  return null;
}

/** The halves of a device number as Linux packs them (`makedev(3)`), in the hexadecimal of `/proc/locks`. */
function majorOf(device: bigint): string {
  return hexadecimal(((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n));
}

function minorOf(device: bigint): string {
  return hexadecimal((device & 0xffn) | ((device >> 12n) & 0xffffff00n));
}

function hexadecimal(value: bigint): string {
  return value.toString(16).padStart(2, "0");
}
