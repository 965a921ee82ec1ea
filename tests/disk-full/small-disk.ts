/**
 * A disk of a few megabytes: a tmpfs in a mount namespace of its own, which lives as long as the process that holds it.
 * Brokers are started inside; the test reaches the files through `/proc`.
 */
import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Child } from "../support/child-process.js";
import type { DiskOfItsOwn } from "../support/samsa.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const isRoot = process.getuid?.() === 0;
/** Who is not root becomes it in a user namespace of its own, where the system allows that. */
const UNSHARE = isRoot ? ["--mount"] : ["--map-root-user", "--mount"];
const NSENTER = isRoot ? ["--mount"] : ["--user", "--preserve-credentials", "--mount"];
const MOUNTED_MS_MAX = 10_000;
const FILLER = "filler";
const FILLER_CHUNK = Buffer.alloc(64 * 1024);

/** Why such a disk cannot be had here, or null. */
export function whyNoSmallDisk(): string | null {
  if (process.platform !== "linux") return "needs mount namespaces, which only Linux has";
  try {
    execFileSync("unshare", [...UNSHARE, "mount", "-t", "tmpfs", "none", "/mnt"], { stdio: "ignore" });
    return null;
  } catch {
    return "this machine does not allow mount namespaces";
  }
}

export interface SmallDisk extends DiskOfItsOwn {
  /** Takes all space that is left. */
  fill(): void;
  /** Gives it back. */
  makeRoom(): void;
  remove(): Promise<void>;
}

export async function smallDisk(bytes: number): Promise<SmallDisk> {
  const folder = temporaryFolder("small-disk");
  const script = `mount -t tmpfs -o size=${bytes} none "$1" && echo mounted && exec sleep infinity`;
  const holder = new Child({ command: "unshare", args: [...UNSHARE, "sh", "-c", script, "sh", folder.path] });
  await holder.firstLine((line) => (line === "mounted" ? line : undefined), MOUNTED_MS_MAX);
  const filler = join("/proc", String(holder.pid), "root", folder.path, FILLER);
  return {
    path: folder.path,
    inside: (command, args) => ({
      command: "nsenter",
      args: [`--target=${holder.pid}`, ...NSENTER, "--", command, ...args],
    }),
    fill: () => takeAll(filler),
    makeRoom: () => rmSync(filler),
    remove: async () => {
      await holder.kill();
      folder.remove();
    },
  };
}

function takeAll(path: string): void {
  const file = openSync(path, "a");
  try {
    for (let chunk = FILLER_CHUNK; chunk.length > 0; ) {
      try {
        writeSync(file, chunk);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
        chunk = chunk.subarray(0, chunk.length >> 1);
      }
    }
  } finally {
    closeSync(file);
  }
}
