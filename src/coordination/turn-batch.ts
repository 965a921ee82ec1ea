/**
 * What the decisions of one turn write: their records share one batch of the log, or as few as they fit into. What was
 * added may be replayed at once, since the log has said that it takes records, and nothing comes between that and the
 * append. A log that fails all the same is lost, and with it the state that was replayed.
 */
import { type ErrorCode, errors } from "../protocol/errors.js";
import { batchBytesAtMost, partsOf } from "./batch-bytes.js";
import type { BatchToWrite, ShardLog } from "./shard-log.js";

export type Added =
  | { readonly baseOffset: number }
  /** Nothing of the decision will be in the log. */
  | { readonly refused: ErrorCode }
  /** The log failed under what was added before. */
  | { readonly lost: ErrorCode };

export class TurnBatch {
  readonly #log: ShardLog;
  #records: BatchToWrite["records"][number][] = [];
  #bytes = 0;
  #timestampMs = 0;

  constructor(log: ShardLog) {
    this.#log = log;
  }

  /** The offset that the next record gets. */
  get endOffset(): number {
    return this.#log.endOffset + this.#records.length;
  }

  /** Takes the records of a decision, which are never split. Those of a transaction have a batch of their own. */
  add(batch: BatchToWrite): Added {
    const bytes = batchBytesAtMost(batch);
    const { batchBytesMax } = this.#log;
    if (bytes > batchBytesMax) return { refused: errors.MESSAGE_TOO_LARGE.code };
    if (batch.producer !== null || this.#bytes + bytes > batchBytesMax) {
      const lost = this.flush();
      if (lost !== null) return { lost };
    }
    const baseOffset = this.endOffset;
    if (batch.producer !== null) {
      const result = this.#log.append(batch);
      return "refused" in result ? result : { baseOffset };
    }
    const refused = this.#records.length === 0 ? this.#log.refusal() : null;
    if (refused !== null) return { refused };
    for (const record of batch.records) this.#records.push(record);
    this.#bytes += bytes;
    this.#timestampMs = batch.timestampMs;
    return { baseOffset };
  }

  /** Whether one batch has room for these records. */
  hasRoomFor(batch: BatchToWrite): boolean {
    return batchBytesAtMost(batch) <= this.#log.batchBytesMax;
  }

  /** The same for records that each stand for themselves: what has no room in one batch goes in several. */
  addDivisible(batch: BatchToWrite): Added {
    const parts = partsOf(batch, this.#log.batchBytesMax);
    if (!parts.every((part) => this.hasRoomFor(part))) return { refused: errors.MESSAGE_TOO_LARGE.code };
    const [first, ...others] = parts;
    const added = this.add(first ?? batch);
    if (!("baseOffset" in added)) return added;
    for (const part of others) {
      const next = this.add(part);
      // The log has taken records a moment ago, and is lost since: so is what was replayed of them.
      if (!("baseOffset" in next)) return { lost: "lost" in next ? next.lost : next.refused };
    }
    return added;
  }

  /** Appends what was added. Not null: the log is lost. */
  flush(): ErrorCode | null {
    if (this.#records.length === 0) return null;
    const [records, timestampMs] = [this.#records, this.#timestampMs];
    this.#records = [];
    this.#bytes = 0;
    const result = this.#log.append({ records, timestampMs, producer: null });
    return "refused" in result ? result.refused : null;
  }
}
