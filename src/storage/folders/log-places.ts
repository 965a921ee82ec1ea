/** The folders of logs inside a data folder: where a log lies, and what its folder is called once it is none any more. */
import {
  deletedFolderName,
  futureFolderName,
  isDeletedFolder,
  isFutureFolder,
  partitionFolderName,
  partitionOfFolder,
  strayFolderName,
} from "../files/file-names.js";
import { SharedFolderSync } from "../files/shared-folder-sync.js";
import { METADATA_TOPIC } from "../metadata-log.js";
import type { PartitionLog } from "../partition-log.js";
import type { LogToLoad } from "../recovery/recover.js";
import type { SharedByLogs } from "./shared-by-logs.js";

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

type Place = Pick<LogToLoad, "topic" | "partition" | "files" | "folder" | "parent" | "buffers" | "warm" | "nowMs">;

export class LogPlaces {
  readonly #path: string;
  readonly #shared: SharedByLogs;
  readonly #sync: SharedFolderSync;

  constructor(path: string, shared: SharedByLogs) {
    this.#path = path;
    this.#shared = shared;
    this.#sync = new SharedFolderSync(shared.environment.files, path);
  }

  /** The partitions with a log. What was deleted is removed, and so are copies that were not finished. */
  found(): readonly TopicPartition[] {
    const { files } = this.#shared.environment;
    const names = files.list(this.#path);
    const deleted = names.filter((name) => isDeletedFolder(name) || isFutureFolder(name));
    // Their new names are made durable first: a folder that comes back under its old one must have all its files.
    if (deleted.length > 0) files.syncFolder(this.#path);
    for (const name of deleted) files.remove(`${this.#path}/${name}`);
    // The metadata log lies in the same folder, but belongs to the metadata engine.
    return names.flatMap((name) => partitionOfFolder(name) ?? []).filter(({ topic }) => topic !== METADATA_TOPIC);
  }

  of({ topic, partition }: TopicPartition): Place {
    const { environment, files, buffers, warm } = this.#shared;
    const folder = `${this.#path}/${partitionFolderName(topic, partition)}`;
    return { topic, partition, files, folder, parent: this.#sync, buffers, warm, nowMs: environment.clock.wallMs() };
  }

  /** For a copy of a log that comes from another data folder. */
  future({ topic, partition }: TopicPartition): Place {
    const folder = `${this.#path}/${futureFolderName(topic, partition, this.#unique())}`;
    return { ...this.of({ topic, partition }), folder };
  }

  /** Files of an earlier log that could not be deleted with it would become part of the new one. Throws `FileError`. */
  clear(name: string): void {
    const { files } = this.#shared.environment;
    if (files.stat(`${this.#path}/${name}`) === null || !files.list(this.#path).includes(name)) return;
    files.remove(`${this.#path}/${name}`);
    files.syncFolder(this.#path);
  }

  /** Gives the path that its files have now. Throws `FileError`. */
  moveAside(log: PartitionLog, why: "deleted" | "stray"): string {
    const newName = why === "deleted" ? deletedFolderName : strayFolderName;
    const moved = `${this.#path}/${newName(log.topic, log.partition, this.#unique())}`;
    this.#shared.environment.files.rename(log.folder, moved);
    return moved;
  }

  #unique(): string {
    return Buffer.from(this.#shared.environment.random.bytes(16)).toString("hex");
  }
}
