/** The log of the metadata engine: `__cluster_metadata-0`, beside the logs of the topics but not one of them. */
import type { Files } from "../lib/environment.js";
import { ReusedBuffers } from "../lib/reused-buffers.js";
import { readLeaderEpochs, readOffsets, readTopicId, writeOffsets } from "./files/checkpoints.js";
import { offsetInFileName, partitionFolderName, segmentFileName } from "./files/file-names.js";
import { createLogFolder } from "./files/log-folder.js";
import { SharedFolderSync } from "./files/shared-folder-sync.js";
import { scanBatches } from "./inspection/batch-scan.js";
import type { LogConfig } from "./log-config.js";
import type { PartitionLog } from "./partition-log.js";
import { WarmPieces } from "./reads/warm-pieces.js";
import { loadLogNow } from "./recovery/recover.js";

export const METADATA_TOPIC = "__cluster_metadata";
/** The id that every cluster gives to this topic. */
const METADATA_TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAQ";
const READ_BUFFER_BYTES_KEPT_MAX = 1024 * 1024;
/** Within the folder of the log; the one of the data folder tells of the logs of topics. */
const DURABLE_END = "recovery-point-offset-checkpoint";

export interface MetadataLogToOpen {
  readonly files: Files;
  /** The data folder. */
  readonly path: string;
  readonly config: LogConfig;
  readonly nowMs: number;
}

export function metadataLogFolder(path: string): string {
  return `${path}/${partitionFolderName(METADATA_TOPIC, 0)}`;
}

/**
 * Opens it, and makes it if there is none. Every batch is checked, however the last stop was: it is small, and all else
 * hangs on it. Throws `FileError`.
 */
export function openMetadataLog({ files, path, config, nowMs }: MetadataLogToOpen): PartitionLog {
  const folder = metadataLogFolder(path);
  if (readTopicId(files, folder) === null) createLogFolder(files, path, METADATA_TOPIC, 0, METADATA_TOPIC_ID);
  return loadLogNow({
    topic: METADATA_TOPIC,
    partition: 0,
    topicId: METADATA_TOPIC_ID,
    files,
    folder,
    parent: new SharedFolderSync(files, path),
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

/** Notes that all below `offset` is durable. Never wrong later, as nothing below is ever taken back. Throws `FileError`. */
export function noteDurableEnd(files: Files, folder: string, offset: number): void {
  writeOffsets(files, folder, DURABLE_END, [{ topic: METADATA_TOPIC, partition: 0, offset }]);
}

/** The log was once durable up to here: as the last stop has noted, or as far as the last start found it. */
export function knownDurableEnd(files: Files, folder: string): number {
  const noted = readOffsets(files, folder, DURABLE_END).get(partitionFolderName(METADATA_TOPIC, 0)) ?? 0;
  return Math.max(noted, readLeaderEpochs(files, folder).at(-1)?.startOffset ?? 0);
}

/** Where its sound batches end, or any offset from `enough` on once they reach it. Changes nothing. Throws `FileError`. */
export function soundEndOf(files: Files, folder: string, enough: number): number {
  const starts = files.list(folder).flatMap((name) => offsetInFileName(name, ".log") ?? []);
  starts.sort((one, other) => one - other);
  let end = starts[0] ?? 0;
  for (const start of starts) {
    if (start !== end || end >= enough) break;
    end = soundEndOfSegment(files, folder, start, enough);
  }
  return end;
}

function soundEndOfSegment(files: Files, folder: string, baseOffset: number, enough: number): number {
  const file = files.open(`${folder}/${segmentFileName(baseOffset, ".log")}`, "read");
  try {
    let end = baseOffset;
    for (const { batch } of scanBatches(file, 0, file.bytes)) {
      if (end >= enough || !batch.hasValidCrc() || batch.baseOffset < end) break;
      end = batch.lastOffset + 1;
    }
    return end;
  } finally {
    file.close();
  }
}
