/** The `leader-epoch-checkpoint` of a log, held against the epochs in its batches. */
import type { RecordBatch } from "../../protocol/records/batch.js";
import { NO_LEADER_EPOCH } from "../../protocol/records/layout.js";
import type { EpochStart } from "../leader-epochs.js";
import type { Findings } from "./findings.js";

export class EpochCheck {
  readonly #starts: readonly EpochStart[];
  readonly #path: string;
  readonly #findings: Findings;
  #current = -1;
  /** Complained of already: many batches in a row have the same epoch. */
  #wrong: string | null = null;

  constructor(starts: readonly EpochStart[], path: string, findings: Findings) {
    this.#starts = starts;
    this.#path = path;
    this.#findings = findings;
  }

  pass({ baseOffset, leaderEpoch }: RecordBatch): void {
    for (let next = this.#starts[this.#current + 1]; next !== undefined && next.startOffset <= baseOffset; ) {
      this.#current++;
      next = this.#starts[this.#current + 1];
    }
    const start = this.#starts[this.#current];
    // Batches without an epoch are old; those before the first entry are deleted, if not yet from the disk.
    const isKnown = leaderEpoch !== NO_LEADER_EPOCH && (start !== undefined || this.#starts.length === 0);
    if (!isKnown || start?.epoch === leaderEpoch) return;
    const known = start === undefined ? "no epoch" : `epoch ${start.epoch}`;
    const wrong = `has ${known} at offset ${baseOffset}, but the batch there is of epoch ${leaderEpoch}`;
    const pair = `${start?.epoch} ${leaderEpoch}`;
    if (this.#wrong !== pair) this.#findings.damage(this.#path, wrong, { offset: baseOffset });
    this.#wrong = pair;
  }
}
