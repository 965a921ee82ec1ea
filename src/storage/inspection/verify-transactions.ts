/** The transactions of a log, as its batches and markers tell them, held against its transaction indexes. */
import type { File } from "../../lib/environment.js";
import type { RecordBatch } from "../../protocol/records/batch.js";
import { readEndTxnMarker } from "../../protocol/records/control.js";
import type { Findings } from "./findings.js";
import { type IndexedTransaction, type Located, oddBytes, transactionIndexEntries } from "./index-file.js";

type Entry = Located<IndexedTransaction>;

/** One segment after the other, each from `enter` to `leave`. */
export class TransactionCheck {
  readonly #findings: Findings;
  /** Those that have written records since their last marker. */
  readonly #producersWithRecords = new Set<number>();
  #path = "";
  #entries: Iterator<Entry, void, void> = none();
  #next: Entry | null = null;
  #lastMarker = -1;
  #isActive = false;
  #isBlind = false;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** The file is null where there is none. The broker writes the entries of its active segment when it closes it. */
  enter(index: File | null, path: string, baseOffset: number, isActive: boolean): void {
    this.#path = path;
    this.#entries = index === null ? none() : transactionIndexEntries(index);
    this.#lastMarker = baseOffset - 1;
    this.#isActive = isActive;
    this.#isBlind = false;
    if (index !== null && oddBytes(index, ".txnindex") > 0)
      this.#findings.damage(path, "ends in the middle of an entry");
    this.#advance();
  }

  pass(batch: RecordBatch): void {
    if (!batch.isTransactional) return;
    const { producerId, lastOffset } = batch;
    if (!batch.isControl) {
      if (batch.recordsCount > 0) this.#producersWithRecords.add(producerId);
      return;
    }
    const hadRecords = this.#producersWithRecords.delete(producerId);
    if (readEndTxnMarker(batch)?.commit !== false) return;
    this.#passUpTo(lastOffset);
    if (this.#next?.lastOffset !== lastOffset) {
      if (hadRecords) this.#complainOfMissing(producerId, lastOffset);
      return;
    }
    if (this.#next.producerId !== producerId) this.#complainOfMarker(this.#next);
    this.#advance();
  }

  /** A part of the segment cannot be read, nor can be judged what is said of it. */
  losePart(): void {
    this.#isBlind = true;
  }

  /** All batches of the segment have passed. */
  leave(): void {
    this.#passUpTo(Number.POSITIVE_INFINITY);
  }

  #passUpTo(offset: number): void {
    for (; this.#next !== null && this.#next.lastOffset < offset; this.#advance()) this.#complainOfMarker(this.#next);
  }

  /** Goes to the next entry that makes sense by itself. */
  #advance(): void {
    for (;;) {
      const { value: entry } = this.#entries.next();
      this.#next = entry ?? null;
      if (entry === undefined) return;
      const { at, version, firstOffset, lastOffset } = entry;
      const place = { position: at, offset: lastOffset };
      if (version !== 0) {
        this.#findings.damage(this.#path, `has an entry of version ${version}, which is unknown`, place);
      } else if (firstOffset > lastOffset || lastOffset <= this.#lastMarker) {
        const what = `has an entry for offsets ${firstOffset} to ${lastOffset}, though the marker before it is at ${this.#lastMarker}`;
        this.#findings.damage(this.#path, what, place);
      } else {
        this.#lastMarker = lastOffset;
        return;
      }
    }
  }

  #complainOfMarker({ at, producerId, lastOffset }: Entry): void {
    if (this.#isBlind) return;
    const what = `has an entry of producer ${producerId}, of which no marker aborts a transaction there`;
    this.#findings.damage(this.#path, what, { position: at, offset: lastOffset });
  }

  #complainOfMissing(producerId: number, markerOffset: number): void {
    if (this.#isBlind) return;
    const what = `lacks the transaction of producer ${producerId} that the marker at offset ${markerOffset} aborts`;
    if (this.#isActive)
      this.#findings.remark(this.#path, `${what}; the broker finds it again when it recovers the log`);
    else this.#findings.damage(this.#path, what, { offset: markerOffset });
  }
}

function* none(): Generator<Entry, void, void> {}
