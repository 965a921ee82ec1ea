/** The end of a log, where batches are appended and new segments begin. It knows the producers. */
import type { Files, Instant } from "../../lib/environment.js";
import { invariant } from "../../lib/invariant.js";
import type { RecordBatch } from "../../protocol/records/batch.js";
import type { LeaderEpochs } from "../leader-epochs.js";
import type { LogConfig } from "../log-config.js";
import type { LogOffsets } from "../log-offsets.js";
import type { LogParts } from "../log-parts.js";
import { removeSnapshot, snapshotOffsets, writeSnapshot } from "../producers/producer-snapshot.js";
import { ProducerState } from "../producers/producer-state.js";
import { rebuildProducersNow } from "../producers/rebuild-producers.js";
import type { WarmPieces } from "../reads/warm-pieces.js";
import { Segment } from "../segments/segment.js";
import type { Segments } from "../segments/segments.js";
import type { Durability } from "./durability.js";

export class LogWriter {
  readonly #files: Files;
  readonly #folder: string;
  readonly #segments: Segments;
  readonly #leaderEpochs: LeaderEpochs;
  readonly #durability: Durability;
  readonly #warm: WarmPieces;
  readonly #offsets: LogOffsets;
  #producers: ProducerState;

  constructor(parts: LogParts, offsets: LogOffsets, durability: Durability) {
    const { files, folder, segments, leaderEpochs, warm, producers } = parts;
    this.#files = files;
    this.#folder = folder;
    this.#segments = segments;
    this.#leaderEpochs = leaderEpochs;
    this.#durability = durability;
    this.#warm = warm;
    this.#offsets = offsets;
    this.#producers = producers;
  }

  get producers(): ProducerState {
    return this.#producers;
  }

  /** Writes batches that have their offsets. True: a new segment was begun, so the old one is to be flushed. */
  append(records: Uint8Array, batches: readonly RecordBatch[], config: LogConfig, now: Instant): boolean {
    const [first] = batches;
    invariant(first !== undefined, "an append has a batch");
    let [lastOffset, maxTimestampMs] = [-1, -1];
    for (const batch of batches) {
      lastOffset = batch.lastOffset;
      maxTimestampMs = Math.max(maxTimestampMs, batch.maxTimestampMs);
    }
    const incoming = { bytes: records.length, lastOffset, maxTimestampMs };
    const mustRoll = this.#segments.active.mustRollBefore(incoming, config, now.wallMs);
    if (mustRoll) this.roll(first.baseOffset, config, now.wallMs);
    const { active } = this.#segments;
    this.#warm.touch(active, active.bytes, records.length);
    active.append(records, batches);
    this.#offsets.endAt(lastOffset + 1);
    this.#durability.appended(now.monotonicMs);
    for (const batch of batches) {
      if (batch.leaderEpoch >= 0) this.#leaderEpochs.assign(batch.leaderEpoch, batch.baseOffset);
      const aborted = this.#producers.note(batch);
      if (aborted !== null) active.aborted.note(aborted);
    }
    return mustRoll;
  }

  /** Closes the active segment and begins the next one at `baseOffset`. */
  roll(baseOffset: number, config: LogConfig, nowMs: number): void {
    const full = this.#segments.active;
    const isEmpty = full.bytes === 0;
    if (!isEmpty) this.seal();
    this.#durability.beforeRoll();
    const next = Segment.create(this.#files, this.#folder, baseOffset, config, nowMs);
    if (isEmpty) this.#segments.replaceActive(next);
    else this.#segments.add(next);
    if (isEmpty) full.remove(this.#folder);
  }

  /** Writes down what the next start would otherwise have to find out. */
  seal(): void {
    this.#segments.active.seal();
    const baseOffsets = new Set(this.#segments.all.map(({ baseOffset }) => baseOffset));
    const { endOffset } = this.#offsets;
    const isNew = writeSnapshot(this.#files, this.#folder, endOffset, this.#producers, baseOffsets);
    if (isNew) this.#durability.hasSnapshot(endOffset);
  }

  /** Cuts off what lies at `offset` and behind. */
  truncateTo(offset: number): void {
    for (const segment of this.#segments.takeFrom(offset)) {
      segment.remove(this.#folder);
      this.#durability.removedFiles();
    }
    this.#segments.active.truncate(offset);
    const endOffset = Math.max(offset, this.#segments.first.baseOffset);
    this.#offsets.endAt(endOffset);
    this.#leaderEpochs.truncateEnd(endOffset);
    const [files, folder, segments] = [this.#files, this.#folder, this.#segments];
    const snapshots = snapshotOffsets(files.list(folder));
    this.#producers = rebuildProducersNow({ files, folder, segments, snapshots, endOffset, reindexFrom: endOffset });
    this.#producers.transactions.commitTo(this.#offsets.highWatermark);
  }

  /** Gives up all records and all that is known of their producers; the next record gets `offset`. */
  startAnewAt(offset: number, config: LogConfig, nowMs: number): void {
    for (const snapshot of snapshotOffsets(this.#files.list(this.#folder))) {
      removeSnapshot(this.#files, this.#folder, snapshot);
    }
    for (const segment of this.#segments.all) segment.remove(this.#folder);
    this.#segments.replaceAll(Segment.create(this.#files, this.#folder, offset, config, nowMs));
    this.#durability.removedFiles();
    this.#leaderEpochs.truncateEnd(0);
    this.#leaderEpochs.hideBefore(offset);
    this.#producers = new ProducerState();
    this.#offsets.beginAnewAt(offset);
  }
}
