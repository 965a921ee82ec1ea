/**
 * Writes the records behind a log's recovery point once more, as they are read, and the id of its topic. After a sync has
 * failed the system may take them for written although they never reached the disk, and another sync would succeed for
 * nothing: it makes durable only what is new.
 */
import type { Files } from "../../lib/environment.js";
import { readTopicId, writeTopicId } from "../files/checkpoints.js";
import { offsetInFileName, segmentFileName } from "../files/file-names.js";

/** Written again at a time. */
const CHUNK_BYTES = 1024 * 1024;

/** The log is not loaded. Throws `FileError`. */
export function* rewriteUnsynced(files: Files, folder: string, recoveryPoint: number): Generator<void, void, void> {
  const offsets = files.list(folder).flatMap((name) => offsetInFileName(name, ".log") ?? []);
  const first = offsets.findLast((offset) => offset <= recoveryPoint) ?? 0;
  const topicId = readTopicId(files, folder);
  if (topicId !== null) writeTopicId(files, folder, topicId);
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (const offset of offsets) {
    if (offset < first) continue;
    const file = files.open(`${folder}/${segmentFileName(offset, ".log")}`, "write");
    try {
      for (let at = 0; at < file.bytes; at += CHUNK_BYTES) {
        file.write([chunk.subarray(0, file.read(chunk, at))], at);
        yield;
      }
    } finally {
      file.close();
    }
  }
}
