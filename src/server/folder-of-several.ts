/**
 * A broker by itself keeps its data in its folder as it is. Several in one process have folders of their own within it,
 * `broker-1` and so on, which a broker by itself would take for logs that belong to no topic, and set aside. So a folder is
 * for the one or for the others.
 */
import { StartFailure } from "../broker/start-failure.js";
import { FileError, type Files } from "../lib/environment.js";
import { partitionOfFolder } from "../storage/files/file-names.js";

/** Throws `StartFailure` where several brokers have kept their data. */
export function refuseFolderOfSeveral(files: Files, folders: readonly string[]): void {
  const taken = folders.find((folder) => isDataFolder(files, `${folder}/broker-1`));
  if (taken === undefined) return;
  const what = `The data folder ${taken} is that of several brokers, started with --brokers`;
  throw new StartFailure(`${what}. Start them so, or choose another folder with --data.`);
}

/** The same where one has kept its data. `folders`: those of one of the several brokers. */
export function refuseFolderOfOne(files: Files, folders: readonly string[]): void {
  const taken = folders.map(folderAbove).find((folder) => isDataFolder(files, folder));
  if (taken === undefined) return;
  const what = `The data folder ${taken} is that of one broker, started without --brokers`;
  throw new StartFailure(`${what}. Start it so, or choose another folder with --data.`);
}

/**
 * The same where more than `brokers` have kept their data: the partitions of the others would be offline. One that was
 * emptied (`samsa cluster remove`) is not missed. `folders`: as above.
 */
export function refuseFolderOfMore(files: Files, folders: readonly string[], brokers: number): void {
  for (const shared of folders.map(folderAbove)) {
    const missing = holdersIn(files, shared).filter((id) => id > brokers);
    if (missing.length === 0) continue;
    const more = Math.max(...missing);
    const what = `The data folder ${shared} is that of ${more} brokers, and ${missing.map((id) => `broker-${id}`).join(", ")}`;
    const why = `${missing.length === 1 ? "holds" : "hold"} replicas, which would be offline`;
    throw new StartFailure(`${what} ${why}. Start it with --brokers ${more}, or choose another folder with --data.`);
  }
}

function folderAbove(folder: string): string {
  return folder.slice(0, Math.max(0, folder.lastIndexOf("/")));
}

/** The ids of the brokers that have partitions in the folder, rising. */
function holdersIn(files: Files, shared: string): number[] {
  const ids = namesIn(files, shared).flatMap((name) => Number(/^broker-([1-9][0-9]{0,8})$/.exec(name)?.[1] ?? []));
  return ids
    .filter((id) => namesIn(files, `${shared}/broker-${id}`).some((name) => partitionOfFolder(name) !== null))
    .sort((one, other) => one - other);
}

function namesIn(files: Files, path: string): readonly string[] {
  try {
    return files.list(path);
  } catch (error) {
    // Whoever opens it will say what is wrong.
    if (error instanceof FileError) return [];
    throw error;
  }
}

function isDataFolder(files: Files, path: string): boolean {
  try {
    return files.stat(`${path}/meta.properties`) !== null;
  } catch (error) {
    // Whoever opens it will say what is wrong.
    if (error instanceof FileError) return false;
    throw error;
  }
}
