/** The names that Apache Kafka gives to the folders and files of a log. */
import { invariant } from "../../lib/invariant.js";

const OFFSET_DIGITS = 20;
const FOLDER_NAME_CHARS_MAX = 255;
const TOPIC_NAME = /^[a-zA-Z0-9._-]{1,249}$/;

export type SegmentFile = ".log" | ".index" | ".timeindex" | ".txnindex" | ".snapshot";

/** What the name of a file ends with from its deletion until it is removed. */
export const DELETED = ".deleted";

/** `00000000000000000042.log` */
export function segmentFileName(offset: number, file: SegmentFile): string {
  return `${String(offset).padStart(OFFSET_DIGITS, "0")}${file}`;
}

/** The offset in such a name, or null if it is another file. */
export function offsetInFileName(name: string, file: SegmentFile): number | null {
  if (name.length !== OFFSET_DIGITS + file.length || !name.endsWith(file)) return null;
  const digits = name.slice(0, OFFSET_DIGITS);
  if (!/^\d+$/.test(digits)) return null;
  const offset = Number(digits);
  return Number.isSafeInteger(offset) ? offset : null;
}

/** The folder of a partition. The name of the topic was checked when it was created; here it must not leave the folder. */
export function partitionFolderName(topic: string, partition: number): string {
  invariant(TOPIC_NAME.test(topic) && topic !== "." && topic !== "..", "a topic's name is a legal file name");
  invariant(Number.isInteger(partition) && partition >= 0, "partitions are numbered from 0");
  return `${topic}-${partition}`;
}

/** The partition of a folder, or null if the folder is none of a partition. */
export function partitionOfFolder(name: string): { readonly topic: string; readonly partition: number } | null {
  if (isDeletedFolder(name)) return null;
  const dash = name.lastIndexOf("-");
  const topic = name.slice(0, Math.max(0, dash));
  const digits = name.slice(dash + 1);
  if (!/^(0|[1-9]\d{0,9})$/.test(digits) || !TOPIC_NAME.test(topic)) return null;
  return { topic, partition: Number(digits) };
}

/** What the folder of a deleted partition is called until its files are removed. `unique` is 32 hexadecimal digits. */
export function deletedFolderName(topic: string, partition: number, unique: string): string {
  return uniqueFolderName(topic, `-${partition}.${unique}-delete`);
}

export function isDeletedFolder(name: string): boolean {
  return name.endsWith("-delete") && name.includes(".");
}

/** What a log is called while it is copied into another data folder (KIP-113). */
export function futureFolderName(topic: string, partition: number, unique: string): string {
  return uniqueFolderName(topic, `-${partition}.${unique}-future`);
}

export function isFutureFolder(name: string): boolean {
  return name.endsWith("-future") && name.includes(".");
}

/** What the folder of a log is called that belongs to no topic. */
export function strayFolderName(topic: string, partition: number, unique: string): string {
  return uniqueFolderName(topic, `-${partition}.${unique}-stray`);
}

function uniqueFolderName(topic: string, suffix: string): string {
  return `${topic.slice(0, FOLDER_NAME_CHARS_MAX - suffix.length)}${suffix}`;
}
