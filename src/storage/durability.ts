/**
 * How much of a log is durable. Records are, once their file was synced. A crash leaves nothing to check below the
 * recovery point, for which the indexes of all segments before the active one must be durable too.
 */
import type { Files } from "../lib/environment.js";
import { writeLeaderEpochs } from "./checkpoints.js";
import type { LeaderEpochs } from "./leader-epochs.js";
import type { Segments } from "./segments.js";

export class Durability {
  readonly #files: Files;
  readonly #folder: string;
  readonly #segments: Segments;
  readonly #leaderEpochs: LeaderEpochs;
  #durableOffset: number;
  /** All that belongs to segments which begin before is durable, indexes included. */
  #wholeUpTo: number;
  #rewinds = 0;
  #last: Promise<void> = Promise.resolve();
  /** The flush that has not begun yet: all who ask meanwhile share it. */
  #waiting: Promise<void> | null = null;
  /** Since when the log has records that no flush has seen. */
  #dirtySinceMs: number | null = null;

  constructor(files: Files, folder: string, segments: Segments, leaderEpochs: LeaderEpochs, recoveryPoint: number) {
    this.#files = files;
    this.#folder = folder;
    this.#segments = segments;
    this.#leaderEpochs = leaderEpochs;
    this.#durableOffset = recoveryPoint;
    this.#wholeUpTo = Math.min(recoveryPoint, segments.active.baseOffset);
  }

  /** Records below are durable. */
  get durableOffset(): number {
    return this.#durableOffset;
  }

  get recoveryPoint(): number {
    return this.#wholeUpTo < this.#segments.active.baseOffset ? this.#wholeUpTo : this.#durableOffset;
  }

  /** How often the log was cut. */
  get rewinds(): number {
    return this.#rewinds;
  }

  /** The log was cut at `offset`: what is written there from now on is new. */
  rewind(offset: number): void {
    this.#rewinds++;
    this.#durableOffset = Math.min(this.#durableOffset, offset);
    this.#wholeUpTo = Math.min(this.#wholeUpTo, offset);
  }

  appended(monotonicMs: number): void {
    this.#dirtySinceMs ??= monotonicMs;
  }

  /** Whether records have waited for a flush so long. */
  isDirtyFor(ms: number, monotonicMs: number): boolean {
    return this.#dirtySinceMs !== null && monotonicMs - this.#dirtySinceMs >= ms;
  }

  /** Makes durable what is in the log up to `endOffset()` when its turn comes. Rejects when the disk fails. */
  flush(endOffset: () => number): Promise<void> {
    this.#waiting ??= this.#enqueue(endOffset);
    return this.#waiting;
  }

  #enqueue(endOffset: () => number): Promise<void> {
    const mine = this.#last.then(() => {
      this.#waiting = null;
      this.#dirtySinceMs = null;
      return this.#flush(endOffset());
    });
    // A failure is its caller's to report; the next in the queue finds out for itself.
    this.#last = mine.catch(() => {});
    return mine;
  }

  async #flush(endOffset: number): Promise<void> {
    const rewinds = this.#rewinds;
    if (this.#leaderEpochs.isChanged) {
      writeLeaderEpochs(this.#files, this.#folder, this.#leaderEpochs.entries);
      this.#leaderEpochs.saved();
    }
    const { active } = this.#segments;
    let hasNewFiles = false;
    for (const segment of this.#segments.from(Math.min(this.#durableOffset, this.#wholeUpTo))) {
      hasNewFiles = (await segment.flush()) || hasNewFiles;
    }
    if (hasNewFiles) this.#files.syncFolder(this.#folder);
    if (rewinds !== this.#rewinds) return;
    this.#durableOffset = endOffset;
    this.#wholeUpTo = active.baseOffset;
  }
}
