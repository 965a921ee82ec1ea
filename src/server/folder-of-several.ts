/**
 * A broker by itself keeps its data in its folder as it is. Several in one process have folders of their own within it,
 * `broker-1` and so on, which a broker by itself would take for logs that belong to no topic, and set aside. So a folder is
 * for the one or for the others.
 */
import { StartFailure } from "../broker/start-failure.js";
import { FileError, type Files } from "../lib/environment.js";

/** Throws `StartFailure` where several brokers have kept their data. */
export function refuseFolderOfSeveral(files: Files, folders: readonly string[]): void {
  const taken = folders.find((folder) => isDataFolder(files, `${folder}/broker-1`));
  if (taken === undefined) return;
  const what = `The data folder ${taken} is that of several brokers, started with --brokers`;
  throw new StartFailure(`${what}. Start them so, or choose another folder with --data.`);
}

/** The same where one has kept its data. `folders`: those of one of the several brokers. */
export function refuseFolderOfOne(files: Files, folders: readonly string[]): void {
  const shared = folders.map((folder) => folder.slice(0, Math.max(0, folder.lastIndexOf("/"))));
  const taken = shared.find((folder) => isDataFolder(files, folder));
  if (taken === undefined) return;
  const what = `The data folder ${taken} is that of one broker, started without --brokers`;
  throw new StartFailure(`${what}. Start it so, or choose another folder with --data.`);
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
