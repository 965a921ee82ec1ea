/** How much of a log is durable: below the recovery point nothing needs a look after a crash. */
import type { Files } from "../lib/environment.js";
import { writeLeaderEpochs } from "./checkpoints.js";
import type { LeaderEpochs } from "./leader-epochs.js";
import type { Segments } from "./segments.js";

export class Durability {
  readonly #files: Files;
  readonly #folder: string;
  readonly #segments: Segments;
  readonly #leaderEpochs: LeaderEpochs;
  #recoveryPoint: number;
  #rewinds = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(files: Files, folder: string, segments: Segments, leaderEpochs: LeaderEpochs, recoveryPoint: number) {
    this.#files = files;
    this.#folder = folder;
    this.#segments = segments;
    this.#leaderEpochs = leaderEpochs;
    this.#recoveryPoint = recoveryPoint;
  }

  get recoveryPoint(): number {
    return this.#recoveryPoint;
  }

  /** The log was cut at `offset`: what is written there from now on is new. */
  rewind(offset: number): void {
    this.#rewinds++;
    this.#recoveryPoint = Math.min(this.#recoveryPoint, offset);
  }

  /** Makes durable what is in the log up to `endOffset()` when its turn comes. Rejects when the disk fails. */
  flush(endOffset: () => number): Promise<void> {
    const mine = this.#last.then(() => this.#flush(endOffset()));
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
    let hasWritten = false;
    for (const segment of this.#segments.from(this.#recoveryPoint)) hasWritten = (await segment.flush()) || hasWritten;
    if (hasWritten) this.#files.syncFolder(this.#folder);
    if (rewinds === this.#rewinds) this.#recoveryPoint = endOffset;
  }
}
