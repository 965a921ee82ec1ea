/**
 * The folder of a partition's log while it is new. Making it waits for no disk: the first flush of the log makes its name
 * and the id of its topic durable, together with the first records that anybody may rely on.
 */
import { FileError, type Files } from "../../lib/environment.js";
import { syncTopicId, writeTopicId } from "./checkpoints.js";
import { partitionFolderName } from "./file-names.js";
import type { SharedFolderSync } from "./shared-folder-sync.js";

/** Throws `FileError` when the disk does not let it, or when the folder would be that of another topic. */
export function createLogFolder(files: Files, parent: string, topic: string, partition: number, topicId: string): void {
  const name = partitionFolderName(topic, partition);
  refuseSharedFolder(files, parent, name);
  files.createFolder(`${parent}/${name}`);
  writeTopicId(files, `${parent}/${name}`, topicId);
}

/** Makes durable what `createLogFolder` did. The names inside the folder are left to the caller. */
export async function syncLogFolder(files: Files, folder: string, parent: SharedFolderSync): Promise<void> {
  await Promise.all([syncTopicId(files, folder), parent.sync()]);
}

/** A disk that does not tell upper from lower case has one folder for two topics whose names differ in nothing else. */
function refuseSharedFolder(files: Files, parent: string, name: string): void {
  const path = `${parent}/${name}`;
  if (files.stat(path) === null) return;
  const names = files.list(parent);
  if (names.includes(name)) return;
  const other = names.find((one) => one.toLowerCase() === name.toLowerCase());
  const why = `The folders ${name} and ${other ?? "of another topic"} are one and the same on this disk`;
  throw new FileError("EEXIST", path, `${why}, which does not tell upper from lower case. Choose another topic name.`);
}
