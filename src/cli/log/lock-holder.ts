/** Tells who has locked a data folder, without touching the lock. Only Linux lists the locks of its files. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isFlocked, javaLockHolder } from "../../environments/node/proc-locks.js";

/** Null: nobody, or it cannot be told. */
export function holderOfFolder(dataFolder: string): string | null {
  const path = join(dataFolder, ".lock");
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    const locks = readFileSync("/proc/locks", "utf8");
    // A broker of ours writes into the file who it is.
    if (isFlocked(locks, dev, ino)) return readFileSync(path, "utf8").trim() || "another process";
    const processId = javaLockHolder(locks, dev, ino);
    return processId === null ? null : `another program, such as Apache Kafka (process ${processId})`;
  } catch {
    // No lock file, one that may not be read, or no such list on this system.
    return null;
  }
}
