/** The logs that move from one data folder to another: one after the other, so that clients keep most of the disks. */
import { type Clock, FileError } from "../../lib/environment.js";
import type { Logger } from "../../observability/logger.js";
import { errors } from "../../protocol/errors.js";
import type { PartitionLog } from "../partition-log.js";
import type { FolderLogs } from "./folder-logs.js";
import { LogMove, type MoveThrottle } from "./log-move.js";

export interface LogMovesOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly throttle: MoveThrottle;
  /** The second log has taken the place of the first. */
  readonly onMoved: (source: PartitionLog, log: PartitionLog) => void;
}

export class LogMoves {
  readonly #options: LogMovesOptions;
  readonly #bySource = new Map<PartitionLog, LogMove>();
  #last: Promise<void> = Promise.resolve();

  constructor(options: LogMovesOptions) {
    this.#options = options;
  }

  /** Under way or waiting for their turn. */
  get all(): readonly LogMove[] {
    return [...this.#bySource.values()];
  }

  /** Moves the log, unless it is on its way there already. */
  begin(source: PartitionLog, from: FolderLogs, to: FolderLogs): void {
    if (this.#bySource.get(source)?.to === to) return;
    this.cancel(source);
    const { clock, throttle, onMoved } = this.#options;
    const moved = (log: PartitionLog) => this.#moved(move, log, onMoved);
    const move = new LogMove({ source, from, to, clock, throttle, onMoved: moved });
    this.#bySource.set(source, move);
    this.#last = this.#last.then(() => this.#run(move));
  }

  cancel(source: PartitionLog): void {
    this.#bySource.get(source)?.cancel();
    this.#bySource.delete(source);
  }

  /** The folder has failed, on whichever side. */
  cancelIn(folder: FolderLogs): void {
    for (const { source, from, to } of this.all) if (from === folder || to === folder) this.cancel(source);
  }

  /** Resolves when nothing is copied any more. What is under way is given up. */
  async stop(): Promise<void> {
    for (const { source } of this.all) this.cancel(source);
    await this.#last;
  }

  async #run(move: LogMove): Promise<void> {
    if (move.isCancelled) return;
    const { topic, partition } = move.source;
    try {
      await move.run();
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const { logger } = this.#options;
      logger.warn({ topic, partition, to: move.to.path, err: error }, "a log cannot be moved to another data folder");
    }
    if (this.#bySource.get(move.source) === move) this.#bySource.delete(move.source);
  }

  #moved(move: LogMove, log: PartitionLog, onMoved: LogMovesOptions["onMoved"]): void {
    const { source, from, to } = move;
    onMoved(source, log);
    const { topic, partition } = log;
    this.#options.logger.info(
      { topic, partition, from: from.path, to: to.path },
      "a log has moved to another data folder",
    );
    void this.#removeOld(move, log);
  }

  /** The old files stay until the new ones are as durable. */
  async #removeOld({ source, from }: LogMove, log: PartitionLog): Promise<void> {
    if ((await log.flush()) !== errors.NONE.code) return;
    try {
      from.discard(source);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.#options.logger.warn({ folder: source.folder, err: error }, "the old files of a log that has moved stay");
    }
  }
}
