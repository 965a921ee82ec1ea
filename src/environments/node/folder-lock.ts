/**
 * The exclusive lock of a data folder: a lock of the kernel on an open file, so it ends with the process that holds it,
 * however that ends, and holds between containers that share a volume. docs/adr/0005-data-folder-lock.md says why.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import { FileError } from "../../lib/environment.js";
import { javaLockHolder } from "./proc-locks.js";

/** `UV_FS_O_EXLOCK` of libuv, which opens and locks in one step; Linux has no such flag. */
const exclusiveOpenFlag: Partial<Record<NodeJS.Platform, number>> = {
  darwin: 0x20,
  freebsd: 0x20,
  openbsd: 0x20,
  netbsd: 0x20,
  win32: 0x10000000,
};

export function lockFolder(path: string): { release(): void } | { heldBy: string } {
  const isNew = makeFile(path);
  const flag = exclusiveOpenFlag[process.platform];
  const descriptor = flag === undefined ? openAndFlock(path) : openExclusively(path, flag);
  if (descriptor === null) return { heldBy: inscription(path) };
  // Looking costs up to 15 ms: the kernel waits for every core before it lists its locks. A new file nobody held before.
  const stranger = isNew ? null : strangerHolding(descriptor);
  if (stranger !== null) {
    fs.closeSync(descriptor);
    return { heldBy: stranger };
  }
  inscribe(descriptor);
  let held = true;
  return {
    release: () => {
      // The file stays: whoever removed it could remove the lock of the next holder.
      if (held) fs.closeSync(descriptor);
      held = false;
    },
  };
}

/** False: it is there already. */
function makeFile(path: string): boolean {
  try {
    fs.closeSync(fs.openSync(path, "wx", 0o644));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function openExclusively(path: string, flag: number): number | null {
  const { O_RDWR, O_CREAT, O_NONBLOCK } = fs.constants;
  try {
    return fs.openSync(path, O_RDWR | O_CREAT | (O_NONBLOCK ?? 0) | flag, 0o644);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "EAGAIN" || code === "EBUSY") return null;
    throw error;
  }
}

/**
 * Node cannot call flock(2), but the command flock(1) can lock a descriptor that it inherits. The lock belongs to the
 * open file, which is ours, so it stays when the command ends.
 */
function openAndFlock(path: string): number | null {
  const descriptor = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644);
  const { status, stderr, error } = spawnSync("flock", ["-n", "-x", "3"], {
    stdio: ["ignore", "ignore", "pipe", descriptor],
    // Without a language the command does not look for translations.
    env: { PATH: process.env.PATH },
    encoding: "utf8",
  });
  if (status === 0) return descriptor;
  fs.closeSync(descriptor);
  // Busybox also ends with 1 for other failures, but then it says something.
  if (status === 1 && stderr === "") return null;
  throw error === undefined ? cannotLock(path, stderr.trim()) : commandFailed(path, error);
}

function cannotLock(path: string, reason: string): FileError {
  return new FileError("ENOLCK", path, `${path} cannot be locked (${reason}): choose a folder on a local disk.`);
}

function commandFailed(path: string, error: Error): FileError {
  const missing = "code" in error && error.code === "ENOENT";
  const advice = missing
    ? "the command flock is missing; install util-linux or busybox"
    : `the command flock failed: ${error.message}`;
  return new FileError("ENOLCK", path, `${path} cannot be locked: ${advice}.`);
}

/** Java locks files in another way (fcntl), which flock does not see but Linux lists. */
function strangerHolding(descriptor: number): string | null {
  const { dev, ino } = fs.fstatSync(descriptor, { bigint: true });
  const processId = javaLockHolder(procLocks(), dev, ino);
  return processId === null ? null : `another program, such as Apache Kafka (process ${processId})`;
}

function procLocks(): string {
  try {
    return fs.readFileSync("/proc/locks", "utf8");
  } catch {
    return "";
  }
}

/** Who we are, for the message of the next one who asks. Only the lock decides; this text never does. */
function inscribe(descriptor: number): void {
  try {
    fs.ftruncateSync(descriptor, 0);
    fs.writeSync(descriptor, `process ${process.pid} on ${os.hostname()}\n`, 0);
  } catch {
    // A full disk, say: the lock holds all the same.
  }
}

function inscription(path: string): string {
  try {
    return fs.readFileSync(path, "utf8").trim() || "another process";
  } catch {
    return "another process";
  }
}
