/** What is written down of the logs in a data folder now and then: a start would otherwise have to find it out, or could not. */
import { FileError, type Files } from "../../lib/environment.js";
import {
  type OffsetCheckpoint,
  type PartitionOffset,
  readOffsets,
  writeOffsets,
  writeOffsetsInPool,
} from "../files/checkpoints.js";
import type { PartitionLog } from "../partition-log.js";

export interface NotedOffsets {
  readonly recoveryPoint: number;
  readonly logStartOffset: number;
  readonly highWatermark: number;
}

interface Save {
  readonly which: keyof NotedOffsets;
  readonly number: number;
  readonly offsets: readonly PartitionOffset[];
}

const FILES: Readonly<Record<keyof NotedOffsets, OffsetCheckpoint>> = {
  recoveryPoint: "recovery-point-offset-checkpoint",
  logStartOffset: "log-start-offset-checkpoint",
  highWatermark: "replication-offset-checkpoint",
};
const ALL = ["recoveryPoint", "logStartOffset", "highWatermark"] as const;

export class FolderCheckpoints {
  readonly #files: Files;
  readonly #path: string;
  /** By the names of their folders. */
  readonly #logs: ReadonlyMap<string, PartitionLog>;
  /** The folders of which the checkpoints on disk tell, also of logs that are gone. */
  #noted = new Set<string>();
  /** How often each was begun to be saved. */
  readonly #begun = { recoveryPoint: 0, logStartOffset: 0, highWatermark: 0 };
  /** What is written through the pool: one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(files: Files, path: string, logs: ReadonlyMap<string, PartitionLog>) {
    this.#files = files;
    this.#path = path;
    this.#logs = logs;
  }

  /** What is written of the log in a folder of this name; 0 where nothing is. */
  read(): (name: string) => NotedOffsets {
    const [recoveryPoints, logStartOffsets, highWatermarks] = ALL.map((which) =>
      readOffsets(this.#files, this.#path, FILES[which]),
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
    const isSaved = ALL.every((which) => this.#saveNow(which));
    if (isSaved) this.#noted = new Set(this.#logs.keys());
    return isSaved;
  }

  saveRecoveryPoints(): boolean {
    return this.#saveNow("recoveryPoint");
  }

  /** Without stopping the loop. What is not wanted any more, or was saved anew meanwhile, is not put in place. */
  saveInPool(isWanted: () => boolean): Promise<boolean> {
    return this.#inTurn(async () => {
      const names = new Set(this.#logs.keys());
      const saves = ALL.map((which) => this.#begin(which));
      for (const save of saves) if (!(await this.#saveInPool(save, isWanted))) return false;
      if (saves.every((save) => this.#isCurrent(save))) this.#noted = names;
      return true;
    });
  }

  /** The same of the start offsets alone. True: they are durable. */
  saveStartOffsetsInPool(isWanted: () => boolean): Promise<boolean> {
    return this.#inTurn(() => this.#saveInPool(this.#begin("logStartOffset"), isWanted));
  }

  /** Resolves when nothing is written any more. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** What they say of an earlier log of this name is not true of the one to come. Throws `FileError`. */
  forget(name: string): void {
    if (this.#noted.has(name) && !this.save()) {
      throw new FileError("EIO", this.#path, `The checkpoints in ${this.#path} cannot be written`);
    }
  }

  #inTurn(save: () => Promise<boolean>): Promise<boolean> {
    const mine = this.#last.then(save);
    this.#last = mine;
    return mine;
  }

  /** What is about to be written of each log. */
  #begin(which: keyof NotedOffsets): Save {
    for (const name of this.#logs.keys()) this.#noted.add(name);
    const offsets = [...this.#logs.values()].map((log) => {
      return { topic: log.topic, partition: log.partition, offset: log[which] };
    });
    this.#begun[which]++;
    return { which, number: this.#begun[which], offsets };
  }

  #isCurrent({ which, number }: Save): boolean {
    return number === this.#begun[which];
  }

  #saveNow(which: keyof NotedOffsets): boolean {
    const { offsets } = this.#begin(which);
    try {
      writeOffsets(this.#files, this.#path, FILES[which], offsets);
      return true;
    } catch (error) {
      if (error instanceof FileError) return false;
      throw error;
    }
  }

  async #saveInPool(save: Save, isWanted: () => boolean): Promise<boolean> {
    const isStillWanted = () => this.#isCurrent(save) && isWanted();
    try {
      await writeOffsetsInPool(this.#files, this.#path, FILES[save.which], save.offsets, isStillWanted);
      return isStillWanted();
    } catch (error) {
      if (error instanceof FileError) return false;
      throw error;
    }
  }
}
