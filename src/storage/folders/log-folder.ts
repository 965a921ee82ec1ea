/** Makes the folder of a partition's log. */
import { FileError, type Files } from "../../lib/environment.js";
import { writeTopicId } from "../checkpoints.js";
import { partitionFolderName, segmentFileName } from "../file-names.js";

/** Throws `FileError` when the disk does not let it, or when the folder would be that of another topic. */
export function createLogFolder(files: Files, parent: string, topic: string, partition: number, topicId: string): void {
  const name = partitionFolderName(topic, partition);
  refuseSharedFolder(files, parent, name);
  files.createFolder(`${parent}/${name}`);
  // The first segment is made here, so that one sync keeps its name too: a later segment may not outlive it.
  files.open(`${parent}/${name}/${segmentFileName(0, ".log")}`, "create").close();
  writeTopicId(files, `${parent}/${name}`, topicId);
  files.syncFolder(parent);
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
