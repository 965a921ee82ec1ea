/**
 * How much of a log is durable. Records are, once their file was synced. A crash leaves nothing to check below the
 * recovery point, for which the indexes of all segments before the active one must be durable too.
 */
import type { Files } from "../../lib/environment.js";
import { writeLeaderEpochs } from "../files/checkpoints.js";
import { isDiskFull } from "../files/disk-full.js";
import { syncLogFolder } from "../files/log-folder.js";
import type { SharedFolderSync } from "../files/shared-folder-sync.js";
import type { LeaderEpochs } from "../leader-epochs.js";
import type { LogParts } from "../log-parts.js";
import { syncSnapshot } from "../producers/producer-snapshot.js";
import type { Segments } from "../segments/segments.js";

export class Durability {
  readonly #files: Files;
  readonly #folder: string;
  readonly #parent: SharedFolderSync;
  readonly #segments: Segments;
  readonly #leaderEpochs: LeaderEpochs;
  #durableOffset: number;
  /** All that belongs to segments which begin before is durable, indexes included. */
  #wholeUpTo: number;
  #rewinds = 0;
  /** Whether a power cut may still take the whole folder, or the id of its topic. */
  #isNewFolder: boolean;
  /** Whether the folder may not know all files yet, or may know some that were removed. */
  #hasNewNames: boolean;
  #last: Promise<void> = Promise.resolve();
  /** The flush that has not begun yet: all who ask meanwhile share it. */
  #waiting: Promise<void> | null = null;
  /** By their offsets. */
  #newSnapshots: readonly number[];
  /** Since when the log has records that no flush has seen. */
  #dirtySinceMs: number | null = null;

  constructor(parts: LogParts) {
    const { files, folder, parent, segments, leaderEpochs, unsyncedSnapshots, recoveryPoint } = parts;
    this.#files = files;
    this.#folder = folder;
    this.#parent = parent;
    this.#segments = segments;
    this.#leaderEpochs = leaderEpochs;
    this.#newSnapshots = unsyncedSnapshots;
    this.#durableOffset = recoveryPoint;
    this.#wholeUpTo = Math.min(recoveryPoint, segments.active.baseOffset);
    // Where a record is known to be durable, a flush has seen to the folder.
    this.#isNewFolder = recoveryPoint <= parts.logStartOffset;
    this.#hasNewNames = this.#isNewFolder;
  }

  /** Records below are durable. */
  get durableOffset(): number {
    return this.#durableOffset;
  }

  /**
   * Within the active segment, it stays before its last record: the next segment may begin at the end of the log, and a
   * recovery point there would say that the indexes of this one were written down.
   */
  get recoveryPoint(): number {
    const { baseOffset } = this.#segments.active;
    return this.#wholeUpTo < baseOffset ? this.#wholeUpTo : Math.max(baseOffset, this.#durableOffset - 1);
  }

  /** How often the log was cut. */
  get rewinds(): number {
    return this.#rewinds;
  }

  /** The log was cut at `offset`: what is written there from now on is new. */
  rewind(offset: number): void {
    this.#rewinds++;
    this.#durableOffset = Math.min(this.#durableOffset, offset);
    // Before the cut: a segment that began there may come back, and the one before it is written to again.
    this.#wholeUpTo = Math.min(this.#wholeUpTo, Math.max(0, offset - 1));
  }

  /** A snapshot was written that the next flush makes durable. */
  hasSnapshot(endOffset: number): void {
    this.#newSnapshots = [...this.#newSnapshots, endOffset];
  }

  /** Files were removed that nobody may ever see again. */
  removedFiles(): void {
    this.#hasNewNames = true;
  }

  /**
   * Another segment is about to begin. In a new folder the name of the first one is made durable before: if a power cut
   * took it alone, the log would seem to begin with the second.
   */
  beforeRoll(): void {
    if (this.#isNewFolder) this.#files.syncFolder(this.#folder);
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
    // A full disk may have room again. After any other failure nobody knows what is durable, and a second sync would
    // succeed without what the first one has lost: all later flushes fail with it.
    this.#last = mine.catch((error) => {
      if (!isDiskFull(error)) throw error;
    });
    // It was told to whoever asked for the flush.
    this.#last.catch(() => {});
    return mine;
  }

  async #flush(endOffset: number): Promise<void> {
    const rewinds = this.#rewinds;
    const epochs = this.#leaderEpochs.unsaved(endOffset);
    if (epochs !== null) {
      await writeLeaderEpochs(this.#files, this.#folder, epochs, () => !this.#segments.active.isClosed);
      this.#leaderEpochs.saved(epochs);
    }
    const { active } = this.#segments;
    for (const segment of this.#segments.from(Math.min(this.#durableOffset, this.#wholeUpTo))) {
      if (await segment.flush()) this.#hasNewNames = true;
    }
    for (let next = this.#newSnapshots[0]; next !== undefined; next = this.#newSnapshots[0]) {
      await syncSnapshot(this.#files, this.#folder, next);
      this.#newSnapshots = this.#newSnapshots.slice(1);
      this.#hasNewNames = true;
    }
    if (this.#isNewFolder) {
      await syncLogFolder(this.#files, this.#folder, this.#parent);
      this.#isNewFolder = false;
    }
    if (this.#hasNewNames) {
      this.#hasNewNames = false;
      await this.#files.syncFolderInPool(this.#folder);
    }
    if (rewinds !== this.#rewinds) return;
    this.#durableOffset = endOffset;
    this.#wholeUpTo = active.baseOffset;
  }
}
