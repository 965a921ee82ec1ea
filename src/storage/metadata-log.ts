/** The log of the metadata engine: `__cluster_metadata-0`, beside the logs of the topics but not one of them. */
import type { Files } from "../lib/environment.js";
import { ReusedBuffers } from "../lib/reused-buffers.js";
import { partitionFolderName } from "./file-names.js";
import { createLogFolder } from "./folders/log-folder.js";
import type { LogConfig } from "./log-config.js";
import type { PartitionLog } from "./partition-log.js";
import { WarmPieces } from "./reads/warm-pieces.js";
import { loadLogNow } from "./recover.js";

export const METADATA_TOPIC = "__cluster_metadata";
/** The id that every cluster gives to this topic. */
const METADATA_TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAQ";
const READ_BUFFER_BYTES_KEPT_MAX = 1024 * 1024;

export interface MetadataLogToOpen {
  readonly files: Files;
  /** The data folder. */
  readonly path: string;
  readonly config: LogConfig;
  readonly nowMs: number;
}

/**
 * Opens it, and makes it if there is none. Every batch is checked, however the last stop was: it is small, and all else
 * hangs on it. Throws `FileError`.
 */
export function openMetadataLog({ files, path, config, nowMs }: MetadataLogToOpen): PartitionLog {
  const folder = `${path}/${partitionFolderName(METADATA_TOPIC, 0)}`;
  if (files.stat(folder) === null) createLogFolder(files, path, METADATA_TOPIC, 0, METADATA_TOPIC_ID);
  return loadLogNow({
    topic: METADATA_TOPIC,
    partition: 0,
    topicId: METADATA_TOPIC_ID,
    files,
    folder,
    buffers: new ReusedBuffers(READ_BUFFER_BYTES_KEPT_MAX),
    warm: new WarmPieces(0),
    config,
    nowMs,
    isClean: false,
    recoveryPoint: 0,
    logStartOffset: 0,
    highWatermark: 0,
  });
}
