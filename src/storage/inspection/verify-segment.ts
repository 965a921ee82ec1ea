/** Verifies one segment: every batch of it, and its two indexes against the batches. Nothing is written. */
import { type File, FileError, type Files } from "../../lib/environment.js";
import { type SegmentFile, segmentFileName } from "../files/file-names.js";
import { type ScanEnd, scanBatches } from "./batch-scan.js";
import type { Findings } from "./findings.js";
import { oddBytes, offsetIndexEntries, timeIndexEntries } from "./index-file.js";
import { sentenceOfStop } from "./scan-stop.js";
import { damageOf } from "./verify-batch.js";
import type { EpochCheck } from "./verify-epochs.js";
import { OffsetIndexCheck, TimeIndexCheck } from "./verify-indexes.js";
import type { TransactionCheck } from "./verify-transactions.js";

export interface Totals {
  segments: number;
  batches: number;
  records: number;
  bytes: number;
}

export interface SegmentToVerify {
  readonly files: Files;
  readonly folder: string;
  readonly baseOffset: number;
  /** Where the segments before it end. */
  readonly endOffset: number;
  /** Null: the log has no sound checkpoint. */
  readonly epochs: EpochCheck | null;
  readonly transactions: TransactionCheck;
  /** Whether it is the last one. */
  readonly isActive: boolean;
}

/** Returns where the segment ends. */
export function verifySegment(segment: SegmentToVerify, findings: Findings, totals: Totals): number {
  const verification = new SegmentVerification(segment, findings, totals);
  try {
    verification.run();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    findings.damage(error.path, `cannot be read. ${error.message}`);
  } finally {
    verification.close();
  }
  return verification.endOffset;
}

class SegmentVerification {
  endOffset: number;
  readonly #segment: SegmentToVerify;
  readonly #findings: Findings;
  readonly #totals: Totals;
  readonly #opened: File[] = [];

  constructor(segment: SegmentToVerify, findings: Findings, totals: Totals) {
    this.#segment = segment;
    this.#findings = findings;
    this.#totals = totals;
    this.endOffset = segment.endOffset;
  }

  run(): void {
    this.#totals.segments++;
    // The indexes first: what they say of a log that grows meanwhile lies in the part that is looked at.
    const offsetIndex = this.#openIndex(".index");
    const timeIndex = this.#openIndex(".timeindex");
    const { baseOffset, isActive, transactions } = this.#segment;
    const aborted = this.#exists(".txnindex") ? this.#open(".txnindex") : null;
    const log = this.#open(".log");
    this.#totals.bytes += log.bytes;
    transactions.enter(aborted, this.#path(".txnindex"), baseOffset, isActive);
    this.#checkBatches(log, this.#offsetIndexCheck(offsetIndex, log.bytes), this.#timeIndexCheck(timeIndex));
    transactions.leave();
  }

  close(): void {
    for (const file of this.#opened) file.close();
  }

  #checkBatches(log: File, offsetIndex: OffsetIndexCheck | null, timeIndex: TimeIndexCheck | null): void {
    for (let from: number | null = 0; from !== null; ) {
      const end = this.#checkRun(log, from, offsetIndex, timeIndex);
      if (end.stop === null) {
        offsetIndex?.end();
        timeIndex?.end();
        return;
      }
      // Between here and the next index entry nobody can tell where a batch begins.
      from = offsetIndex?.resumeBehind(end.position) ?? null;
      timeIndex?.losePart();
      this.#segment.transactions.losePart();
      const lost = `${sentenceOfStop(log, end)}; ${(from ?? log.bytes) - end.position} bytes from there cannot be read`;
      this.#findings.damage(this.#path(".log"), lost, { position: end.position, offset: this.endOffset });
    }
  }

  /** Checks batch after batch as long as one follows the other. */
  #checkRun(log: File, from: number, offsetIndex: OffsetIndexCheck | null, timeIndex: TimeIndexCheck | null): ScanEnd {
    const { baseOffset, epochs, transactions } = this.#segment;
    const scan = scanBatches(log, from, log.bytes);
    for (;;) {
      const step = scan.next();
      if (step.done) return step.value;
      const { position, batch } = step.value;
      this.#totals.batches++;
      const damage = damageOf(batch, this.endOffset, baseOffset);
      if (damage === null) {
        this.#totals.records += batch.recordsCount;
        this.endOffset = batch.lastOffset + 1;
        offsetIndex?.pass(position, batch);
        timeIndex?.pass(batch);
        epochs?.pass(batch);
        transactions.pass(batch);
      } else {
        // What it says of itself is not to be trusted, so nothing else is held against it.
        this.#findings.damage(this.#path(".log"), damage.what, { position, offset: batch.baseOffset });
        if (damage.isOutOfOrder) this.endOffset = batch.lastOffset + 1;
        offsetIndex?.resumeBehind(position);
        timeIndex?.losePart();
        transactions.losePart();
      }
    }
  }

  #offsetIndexCheck(file: File | null, logBytes: number): OffsetIndexCheck | null {
    if (file === null) return null;
    const path = this.#path(".index");
    if (oddBytes(file, ".index") > 0) this.#findings.damage(path, "ends in the middle of an entry");
    return new OffsetIndexCheck(offsetIndexEntries(file, this.#segment.baseOffset), logBytes, path, this.#findings);
  }

  #timeIndexCheck(file: File | null): TimeIndexCheck | null {
    if (file === null) return null;
    const path = this.#path(".timeindex");
    if (oddBytes(file, ".timeindex") > 0) this.#findings.damage(path, "ends in the middle of an entry");
    return new TimeIndexCheck(timeIndexEntries(file, this.#segment.baseOffset), path, this.#findings);
  }

  #openIndex(kind: ".index" | ".timeindex"): File | null {
    if (this.#exists(kind)) return this.#open(kind);
    this.#findings.remark(this.#path(kind), "is missing; the broker makes it anew when it needs it");
    return null;
  }

  #exists(kind: SegmentFile): boolean {
    return this.#segment.files.stat(this.#path(kind)) !== null;
  }

  #open(kind: SegmentFile): File {
    const file = this.#segment.files.open(this.#path(kind), "read");
    this.#opened.push(file);
    return file;
  }

  #path(kind: SegmentFile): string {
    return `${this.#segment.folder}/${segmentFileName(this.#segment.baseOffset, kind)}`;
  }
}
