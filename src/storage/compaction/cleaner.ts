/**
 * Compacts the logs of a data folder in the background, one at a time, the dirtiest first, as long as any is dirty enough.
 * How far each log is compacted stands in `cleaner-offset-checkpoint`.
 */
import { type Cancellable, type Environment, FileError } from "../../lib/environment.js";
import { readOffsets, writeOffsetsInPool } from "../files/checkpoints.js";
import { partitionFolderName } from "../files/file-names.js";
import type { PartitionLog } from "../partition-log.js";
import { type CleanableLog, cleanableLog } from "./cleanable.js";
import { compact } from "./compact.js";
import type { CompactionTools } from "./compaction-tools.js";
import { Pacer } from "./pacer.js";

/** They are looked at whenever they are needed: a running broker may be told others. */
export interface CleanerSettings {
  /** `log.cleaner.backoff.ms`: until the logs are looked at again when none was dirty enough. */
  readonly backoffMs: number;
  /** `log.cleaner.dedupe.buffer.size`: for the key map. */
  readonly dedupeBufferBytes: number;
  /** `log.cleaner.io.buffer.load.factor`: how full the key map may get. */
  readonly loadFactor: number;
  /** `log.cleaner.io.buffer.size`: half of it is read at a time. */
  readonly ioBufferBytes: number;
  /** `log.cleaner.io.max.bytes.per.second` */
  readonly ioBytesPerSecondMax: number;
}

export interface LogCleanerOptions {
  readonly environment: Pick<Environment, "clock" | "files" | "offload" | "random">;
  /** The data folder. */
  readonly folder: string;
  readonly settings: CleanerSettings;
  readonly logs: () => readonly PartitionLog[];
  readonly removeLater: CompactionTools["removeLater"];
}

const CHECKPOINT = "cleaner-offset-checkpoint";
/** Less would read every batch in pieces. */
const CHUNK_BYTES_MIN = 4 * 1024;

export class LogCleaner {
  readonly #options: LogCleanerOptions;
  readonly #tools: CompactionTools;
  /** From the checkpoint, by the name of the folder: of logs that no partition has taken over yet. */
  #noted: ReadonlyMap<string, number> = new Map();
  readonly #compactedTo = new Map<PartitionLog, number>();
  /** Logs with a batch that cannot be opened: compaction leaves them alone until the next start. */
  readonly #uncleanable = new WeakSet<PartitionLog>();
  #next: Cancellable | null = null;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: LogCleanerOptions) {
    this.#options = options;
    const { environment, settings, removeLater } = options;
    this.#tools = {
      environment,
      pacer: new Pacer(environment.clock, () => settings.ioBytesPerSecondMax),
      get chunkBytes() {
        return Math.max(CHUNK_BYTES_MIN, Math.floor(settings.ioBufferBytes / 2));
      },
      get keyMapBytesMax() {
        return settings.dedupeBufferBytes;
      },
      get keyMapLoadFactor() {
        return settings.loadFactor;
      },
      removeLater,
      isStopped: () => this.#isStopped,
    };
  }

  start(): void {
    const { environment, folder } = this.#options;
    this.#noted = readOffsets(environment.files, folder, CHECKPOINT);
    this.#schedule();
  }

  /** Resolves when nothing is written any more. A compaction under way is given up; what it has finished stays. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#next?.cancel();
    this.#tools.pacer.stop();
    await this.#running;
  }

  #schedule(): void {
    if (this.#isStopped) return;
    const { environment, settings } = this.#options;
    const { clock } = environment;
    this.#next = clock.at(clock.monotonicMs() + settings.backoffMs, () => {
      this.#running = this.#round().then(() => this.#schedule());
    });
  }

  /** Compacts until no log is dirty enough. One that was stopped or whose disk failed waits for the next round. */
  async #round(): Promise<void> {
    const waiting = new Set<PartitionLog>();
    for (let next = this.#dirtiest(waiting); next !== null; next = this.#dirtiest(waiting)) {
      const compactedTo = await this.#compact(next);
      if (compactedTo === null) waiting.add(next.log);
      else this.#compactedTo.set(next.log, compactedTo);
      if (this.#isStopped || (compactedTo !== null && !(await this.#save()))) return;
    }
  }

  #dirtiest(waiting: ReadonlySet<PartitionLog>): CleanableLog | null {
    const nowMs = this.#options.environment.clock.wallMs();
    let dirtiest: CleanableLog | null = null;
    for (const log of this.#options.logs()) {
      if (!log.config.cleanupPolicy.compact || log.failure !== null) continue;
      if (waiting.has(log) || this.#uncleanable.has(log)) continue;
      const cleanable = cleanableLog(log, this.#compactedToOf(log), nowMs);
      if (cleanable?.isDue && cleanable.dirtyRatio > (dirtiest?.dirtyRatio ?? 0)) dirtiest = cleanable;
    }
    return dirtiest;
  }

  /** Of a log that is seen for the first time, what was noted, unless that was another one of this name. */
  #compactedToOf(log: PartitionLog): number {
    const known = this.#compactedTo.get(log);
    if (known !== undefined) return known;
    const noted = this.#noted.get(partitionFolderName(log.topic, log.partition)) ?? 0;
    const compactedTo = noted > log.endOffset ? 0 : noted;
    this.#compactedTo.set(log, compactedTo);
    return compactedTo;
  }

  /** Up to where the log is compacted now; null: the work was given up. */
  async #compact(cleanable: CleanableLog): Promise<number | null> {
    try {
      const outcome = await compact(cleanable, this.#tools);
      if (outcome === "damaged") this.#uncleanable.add(cleanable.log);
      return typeof outcome === "object" ? outcome.compactedTo : null;
    } catch (error) {
      if (error instanceof FileError) return null;
      throw error;
    }
  }

  /** False: the disk failed. Then parts of a log are compacted again after the next start. */
  async #save(): Promise<boolean> {
    const { environment, folder, logs } = this.#options;
    const current = new Set(logs());
    for (const log of this.#compactedTo.keys()) if (!current.has(log)) this.#compactedTo.delete(log);
    const offsets = [...this.#compactedTo]
      .map(([{ topic, partition }, offset]) => ({ topic, partition, offset }))
      .filter(({ offset }) => offset > 0);
    try {
      await writeOffsetsInPool(environment.files, folder, CHECKPOINT, offsets, () => !this.#isStopped);
      return true;
    } catch (error) {
      if (error instanceof FileError) return false;
      throw error;
    }
  }
}
