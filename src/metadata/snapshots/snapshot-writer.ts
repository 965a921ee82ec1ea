/** Sees when a snapshot is due, and has it saved, wherever this broker is the controller. */
import type { Environment } from "../../lib/environment.js";
import type { Leadership } from "../engine.js";
import type { MetadataImage } from "../image/image.js";
import { snapshotBatches } from "./snapshot-batches.js";

export interface SnapshotWriterOptions {
  readonly environment: Pick<Environment, "wire" | "clock">;
  /** `metadata.log.max.record.bytes.between.snapshots` */
  readonly bytesBetween: number;
  /** `metadata.log.max.snapshot.interval.ms`; 0: the time does not matter. */
  readonly intervalMs: number;
  readonly onFailure: (failure: unknown) => void;
}

export class SnapshotWriter {
  readonly #options: SnapshotWriterOptions;
  #leadership: Leadership | null = null;
  /** Since the last snapshot that this broker has read or tried to save. */
  #bytes = 0;
  #sinceMs: number;
  #isSaving = false;

  constructor(options: SnapshotWriterOptions) {
    this.#options = options;
    this.#sinceMs = options.environment.wire.monotonicMs();
  }

  /** This broker is the controller from now on. */
  lead(leadership: Leadership): void {
    this.#leadership = leadership;
  }

  /** The image after one more batch; `batchBytes` is null where it comes from a snapshot. */
  published(image: MetadataImage, batchBytes: number | null): void {
    if (batchBytes === null) this.#beginAnew();
    else this.#bytes += batchBytes;
    // As in Apache Kafka's controller no snapshot is taken inside of a metadata transaction (KIP-868).
    if (batchBytes !== null && image.heldBack === null && this.#isDue()) void this.#save(image);
  }

  #isDue(): boolean {
    const { environment, bytesBetween, intervalMs } = this.#options;
    if (this.#isSaving || this.#leadership === null || this.#leadership.lost.aborted) return false;
    const isOld = intervalMs > 0 && environment.wire.monotonicMs() - this.#sinceMs >= intervalMs;
    return isOld || this.#bytes >= bytesBetween;
  }

  /** One that fails is tried again when the next is due: the log is longer until then, nothing else. */
  async #save(image: MetadataImage): Promise<void> {
    const { environment, onFailure } = this.#options;
    this.#isSaving = true;
    this.#beginAnew();
    try {
      const batches = snapshotBatches(image, environment.clock.wallMs());
      await this.#leadership?.saveSnapshot(image.endOffset, image.epoch, batches);
    } catch (failure) {
      onFailure(failure);
    } finally {
      this.#isSaving = false;
    }
  }

  #beginAnew(): void {
    this.#bytes = 0;
    this.#sinceMs = this.#options.environment.wire.monotonicMs();
  }
}
