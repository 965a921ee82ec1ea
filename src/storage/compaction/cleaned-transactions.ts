/**
 * What a compaction knows of the transactions it comes by (KIP-98). It reads each batch in the order of the offsets: then
 * it can tell which belong to aborted transactions, and of which markers nothing is left that they could end.
 */
import type { RecordBatch } from "../../protocol/records/batch.js";
import { readEndTxnMarker } from "../../protocol/records/control.js";
import type { Segments } from "../segments/segments.js";
import type { AbortedTransaction } from "../segments/transaction-index.js";

export class CleanedTransactions {
  /** In the order of their first offsets; those before `#next` were reached. */
  readonly #aborted: readonly AbortedTransaction[];
  #next = 0;
  /** By producer: what was aborted of it where the reading is now, and whether a batch of that was there. */
  readonly #ongoingAborted = new Map<number, { readonly transaction: AbortedTransaction; wasSeen: boolean }>();
  /** Producers of which batches were there that a marker behind commits. */
  readonly #ongoingCommitted = new Set<number>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#aborted = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  }

  /** For reading the batches of a range in which all transactions are decided. Their markers may lie behind it. */
  static in(segments: Segments, from: number, endOffset: number): CleanedTransactions {
    const aborted: AbortedTransaction[] = [];
    for (const segment of segments.from(from)) {
      if (segment.aborted.collect(from, endOffset, aborted)) break;
    }
    return new CleanedTransactions(aborted);
  }

  /** Whether the batch, no marker, belongs to an aborted transaction: nobody may read its records. */
  isAborted(batch: RecordBatch): boolean {
    if (!batch.isTransactional) return false;
    this.#reach(batch.lastOffset);
    const ongoing = this.#ongoingAborted.get(batch.producerId);
    if (ongoing === undefined) this.#ongoingCommitted.add(batch.producerId);
    else ongoing.wasSeen = true;
    return ongoing !== undefined;
  }

  /**
   * What a marker ends: nothing that is left in the log, something that was committed, or an aborted transaction. Of that
   * its batches go in this pass, and the marker may go only in one after: a crash may bring the batches back.
   */
  endedBy(marker: RecordBatch): "nothing" | "committed" | AbortedTransaction {
    this.#reach(marker.lastOffset);
    const { producerId } = marker;
    const what = readEndTxnMarker(marker);
    // An earlier pass has emptied it.
    if (what === null) return marker.recordsCount === 0 ? "nothing" : "committed";
    if (what.commit) return this.#ongoingCommitted.delete(producerId) ? "committed" : "nothing";
    const ongoing = this.#ongoingAborted.get(producerId);
    this.#ongoingAborted.delete(producerId);
    return ongoing?.wasSeen ? ongoing.transaction : "nothing";
  }

  #reach(offset: number): void {
    for (; this.#next < this.#aborted.length; this.#next++) {
      const transaction = this.#aborted[this.#next];
      if (transaction === undefined || transaction.firstOffset > offset) return;
      this.#ongoingAborted.set(transaction.producerId, { transaction, wasSeen: false });
    }
  }
}
