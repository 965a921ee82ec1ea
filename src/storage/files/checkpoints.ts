/**
 * Kafka's text checkpoints. Of a data folder: `recovery-point-offset-checkpoint`, `log-start-offset-checkpoint`,
 * `replication-offset-checkpoint` (high watermarks), `cleaner-offset-checkpoint`, each with a line per partition. Of a
 * log: `leader-epoch-checkpoint` and `partition.metadata`. A first line tells the version, always 0.
 */
import type { Files } from "../../lib/environment.js";
import type { EpochStart } from "../leader-epochs.js";
import { syncFile } from "./disk-full.js";
import { readSmallFile, replaceFile, replaceFileInPool } from "./durable-file.js";

export type OffsetCheckpoint =
  | "recovery-point-offset-checkpoint"
  | "log-start-offset-checkpoint"
  | "replication-offset-checkpoint"
  | "cleaner-offset-checkpoint";

const LEADER_EPOCHS = "leader-epoch-checkpoint";
const PARTITION_METADATA = "partition.metadata";
const VERSION = "0";

export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export function writeOffsets(
  files: Files,
  folder: string,
  name: OffsetCheckpoint,
  offsets: readonly PartitionOffset[],
): void {
  const lines = offsets.map(({ topic, partition, offset }) => `${topic} ${partition} ${offset}`);
  replaceFile(files, folder, name, textOf(lines));
}

/** Without stopping the loop; `isWanted` as for `replaceFileInPool`. */
export function writeOffsetsInPool(
  files: Files,
  folder: string,
  name: OffsetCheckpoint,
  offsets: readonly PartitionOffset[],
  isWanted: () => boolean,
): Promise<void> {
  const lines = offsets.map(({ topic, partition, offset }) => `${topic} ${partition} ${offset}`);
  return replaceFileInPool(files, folder, name, textOf(lines), isWanted);
}

/** By the name of the partition's folder. A checkpoint that is missing or damaged tells nothing. */
export function readOffsets(files: Files, folder: string, name: OffsetCheckpoint): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>();
  for (const [topic = "", partition = "", offset = ""] of readLines(files, folder, name) ?? []) {
    const value = wholeNumber(offset);
    if (value !== null) offsets.set(`${topic}-${partition}`, value);
  }
  return offsets;
}

/** Without stopping the loop; `isWanted` as for `replaceFileInPool`. */
export function writeLeaderEpochs(
  files: Files,
  folder: string,
  epochs: readonly EpochStart[],
  isWanted: () => boolean,
): Promise<void> {
  const lines = epochs.map(({ epoch, startOffset }) => `${epoch} ${startOffset}`);
  return replaceFileInPool(files, folder, LEADER_EPOCHS, textOf(lines), isWanted);
}

export function readLeaderEpochs(files: Files, folder: string): readonly EpochStart[] {
  const epochs: EpochStart[] = [];
  for (const [first = "", second = ""] of readLines(files, folder, LEADER_EPOCHS) ?? []) {
    const epoch = wholeNumber(first);
    const startOffset = wholeNumber(second);
    if (epoch !== null && startOffset !== null) epochs.push({ epoch, startOffset });
  }
  return epochs;
}

/** In a new folder. Not durable before `syncTopicId`: until then a power cut may leave none, or a damaged one. */
export function writeTopicId(files: Files, folder: string, topicId: string): void {
  const bytes = Buffer.from(textOfTopicId(topicId));
  const file = files.open(`${folder}/${PARTITION_METADATA}`, "create");
  try {
    file.write([bytes], 0);
    if (file.bytes > bytes.length) file.truncate(bytes.length);
  } finally {
    file.close();
  }
}

/** In place of one that was lost. */
export function replaceTopicId(files: Files, folder: string, topicId: string): void {
  replaceFile(files, folder, PARTITION_METADATA, textOfTopicId(topicId));
}

/** Does nothing where there is no such file. */
export async function syncTopicId(files: Files, folder: string): Promise<void> {
  const path = `${folder}/${PARTITION_METADATA}`;
  if (files.stat(path) === null) return;
  const file = files.open(path, "write");
  try {
    await syncFile(file);
  } finally {
    file.close();
  }
}

/** Null: the file is missing or damaged. */
export function readTopicId(files: Files, folder: string): string | null {
  const text = readSmallFile(files, folder, PARTITION_METADATA)?.toString("utf8") ?? "";
  const line = text.split("\n").find((one) => one.startsWith("topic_id:"));
  const topicId = line?.slice("topic_id:".length).trim() ?? "";
  return /^[A-Za-z0-9_-]{22}$/.test(topicId) ? topicId : null;
}

function textOfTopicId(topicId: string): string {
  return `version: ${VERSION}\ntopic_id: ${topicId}`;
}

function textOf(lines: readonly string[]): string {
  return `${[VERSION, lines.length, ...lines].join("\n")}\n`;
}

/** The fields of each line, or null when the file is missing, of another version, or not as long as it says. */
function readLines(files: Files, folder: string, name: string): readonly (readonly string[])[] | null {
  const text = readSmallFile(files, folder, name)?.toString("utf8");
  const [version, count, ...lines] = (text ?? "").trimEnd().split("\n");
  if (version !== VERSION || wholeNumber(count ?? "") !== lines.length) return null;
  return lines.map((line) => line.split(" "));
}

function wholeNumber(text: string): number | null {
  const value = Number(text);
  return /^\d{1,16}$/.test(text) && Number.isSafeInteger(value) ? value : null;
}
