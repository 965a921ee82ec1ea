/**
 * What was done to one log, kept beside it: which batches it holds, which of them are durable, and what a crash may leave.
 */
import { invariant } from "../../src/lib/invariant.js";
import type { RecordBatch } from "../../src/protocol/records/batch.js";
import type { LogConfig } from "../../src/storage/log-config.js";

/** Batches that the log held at one time: the first `length` of the list, which only grows. */
export interface Version {
  readonly list: readonly RecordBatch[];
  readonly length: number;
}

/** What is true of the log after a crash at one moment. */
export interface ExpectedLog {
  readonly topic: string;
  readonly topicId: string;
  readonly isCompacted: boolean;
  /** Whether its folder was made. */
  readonly exists: boolean;
  /** Whether it was ever flushed: until then a power cut may take the log as a whole. */
  readonly isKept: boolean;
  /** As the log was, and as it was before each truncation that a power cut may still undo. A kill leaves the first. */
  readonly versions: readonly Version[];
  /** Records below are durable. */
  readonly durableEnd: number;
  /** Where it ends if no power cut comes; null: nobody knows. */
  readonly endOffset: number | null;
  /** It may begin earlier: where it begins is written down now and then. */
  readonly startOffset: number;
}

/** What a flush covers when it began. */
export interface FlushMark {
  readonly endOffset: number;
  readonly truncations: number;
}

export class LogModel {
  readonly topic: string;
  readonly topicId: string;
  readonly config: LogConfig;
  /** Whether the folder of the log was made, and not deleted since. */
  exists = false;
  isKept = false;
  startOffset = 0;
  endOffset = 0;
  leaderEpoch = 0;
  /** Nobody has looked yet what a power cut has left, or a truncation is under way. */
  isUncertain = false;
  #batches: RecordBatch[] = [];
  /** Before truncations, with the offset from which on records were cut. */
  #past: { readonly version: Version; readonly cutAt: number }[] = [];
  #durableEnd = 0;
  #truncations = 0;

  constructor(topic: string, topicId: string, config: LogConfig) {
    this.topic = topic;
    this.topicId = topicId;
    this.config = config;
  }

  get batches(): readonly RecordBatch[] {
    return this.#batches;
  }

  appended(batch: RecordBatch): void {
    invariant(
      batch.baseOffset === this.endOffset,
      `a batch goes to the end ${this.endOffset}, not ${batch.baseOffset}`,
    );
    this.#batches.push(batch);
    this.endOffset = batch.lastOffset + 1;
  }

  /** From now on what lies at `offset` and behind may be gone. */
  truncationBegins(offset: number): void {
    this.#durableEnd = Math.min(this.#durableEnd, offset);
    this.isUncertain = true;
  }

  /** Nothing was cut off, but what is durable was counted back. */
  truncationFailed(): void {
    this.isUncertain = false;
  }

  /** The batches from the one at `offset` on are cut off. */
  truncated(offset: number): void {
    this.isUncertain = false;
    this.#past.push({ version: this.#version(), cutAt: offset });
    this.#batches = this.#batches.filter(({ lastOffset }) => lastOffset < offset);
    this.endOffset = offset;
    this.#truncations++;
  }

  flushBegins(): FlushMark {
    return { endOffset: this.endOffset, truncations: this.#truncations };
  }

  flushed({ endOffset, truncations }: FlushMark): void {
    this.isKept = this.exists;
    if (truncations !== this.#truncations) return;
    this.#durableEnd = Math.max(this.#durableEnd, endOffset);
    this.#past = this.#past.filter(({ cutAt }) => this.#durableEnd <= cutAt);
  }

  /** A process has taken over what a crash, or a clean stop, has left, and made it durable. */
  restarted({ list, length }: Version, startOffset: number, endOffset: number): void {
    this.#batches = list.slice(0, length).filter(({ lastOffset }) => lastOffset < endOffset);
    this.#past = [];
    this.isUncertain = false;
    this.startOffset = startOffset;
    this.endOffset = endOffset;
    this.#durableEnd = endOffset;
    this.exists = true;
    this.isKept = true;
  }

  /** A power cut has taken it as a whole. */
  lost(): void {
    invariant(!this.isKept, "a log is there once it was flushed");
    this.restarted({ list: [], length: 0 }, 0, 0);
    this.exists = false;
    this.isKept = false;
  }

  expected(): ExpectedLog {
    const { topic, topicId, exists, isKept, startOffset } = this;
    return {
      ...{ topic, topicId, exists, isKept, startOffset },
      endOffset: this.isUncertain ? null : this.endOffset,
      isCompacted: this.config.cleanupPolicy.compact,
      versions: [this.#version(), ...this.#past.map(({ version }) => version)],
      durableEnd: this.#durableEnd,
    };
  }

  #version(): Version {
    return { list: this.#batches, length: this.#batches.length };
  }
}
