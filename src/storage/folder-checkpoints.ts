/** What is written down of the logs in a data folder now and then: a start would otherwise have to find it out, or could not. */
import { FileError, type Files } from "../lib/environment.js";
import {
  type OffsetCheckpoint,
  type PartitionOffset,
  readOffsets,
  writeOffsets,
  writeOffsetsInPool,
} from "./checkpoints.js";
import type { PartitionLog } from "./partition-log.js";

export interface NotedOffsets {
  readonly recoveryPoint: number;
  readonly logStartOffset: number;
  readonly highWatermark: number;
}

const KEPT: readonly (readonly [OffsetCheckpoint, keyof NotedOffsets])[] = [
  ["recovery-point-offset-checkpoint", "recoveryPoint"],
  ["log-start-offset-checkpoint", "logStartOffset"],
  ["replication-offset-checkpoint", "highWatermark"],
];

export class FolderCheckpoints {
  readonly #files: Files;
  readonly #path: string;
  /** By the names of their folders. */
  readonly #logs: ReadonlyMap<string, PartitionLog>;
  /** The folders of which the checkpoints on disk tell, also of logs that are gone. */
  #noted = new Set<string>();
  #startOffsetSaves = 0;

  constructor(files: Files, path: string, logs: ReadonlyMap<string, PartitionLog>) {
    this.#files = files;
    this.#path = path;
    this.#logs = logs;
  }

  /** What is written of the log in a folder of this name; 0 where nothing is. */
  read(): (name: string) => NotedOffsets {
    const [recoveryPoints, logStartOffsets, highWatermarks] = KEPT.map(([checkpoint]) =>
      readOffsets(this.#files, this.#path, checkpoint),
    );
    for (const offsets of [recoveryPoints, logStartOffsets, highWatermarks]) {
      for (const name of offsets?.keys() ?? []) this.#noted.add(name);
    }
    return (name) => ({
      recoveryPoint: recoveryPoints?.get(name) ?? 0,
      logStartOffset: logStartOffsets?.get(name) ?? 0,
      highWatermark: highWatermarks?.get(name) ?? 0,
    });
  }

  /** False: the disk failed, or is full. What is lost is found out again at the next start. */
  save(): boolean {
    const isSaved = KEPT.every(([checkpoint, which]) => this.#save(checkpoint, which));
    if (isSaved) this.#noted = new Set(this.#logs.keys());
    return isSaved;
  }

  saveRecoveryPoints(): boolean {
    return this.#save("recovery-point-offset-checkpoint", "recoveryPoint");
  }

  /**
   * The start offsets without stopping the loop, one such call at a time. They are not put in place when they have been
   * saved anew meanwhile, or are not wanted any more.
   */
  async saveStartOffsetsInPool(isWanted: () => boolean): Promise<boolean> {
    const saves = ++this.#startOffsetSaves;
    const isCurrent = () => saves === this.#startOffsetSaves && isWanted();
    const offsets = this.#offsets("logStartOffset");
    try {
      await writeOffsetsInPool(this.#files, this.#path, "log-start-offset-checkpoint", offsets, isCurrent);
      return true;
    } catch (error) {
      if (error instanceof FileError) return false;
      throw error;
    }
  }

  /** What they say of an earlier log of this name is not true of the one to come. Throws `FileError`. */
  forget(name: string): void {
    if (this.#noted.has(name) && !this.save()) {
      throw new FileError("EIO", this.#path, `The checkpoints in ${this.#path} cannot be written`);
    }
  }

  #save(checkpoint: OffsetCheckpoint, which: keyof NotedOffsets): boolean {
    if (which === "logStartOffset") this.#startOffsetSaves++;
    try {
      writeOffsets(this.#files, this.#path, checkpoint, this.#offsets(which));
      return true;
    } catch (error) {
      if (error instanceof FileError) return false;
      throw error;
    }
  }

  /** What is about to be written of each log. */
  #offsets(which: keyof NotedOffsets): readonly PartitionOffset[] {
    for (const name of this.#logs.keys()) this.#noted.add(name);
    return [...this.#logs.values()].map((log) => ({ topic: log.topic, partition: log.partition, offset: log[which] }));
  }
}
