/** The indexes of a segment, held against its batches as these pass by once, in order. */
import type { RecordBatch } from "../../protocol/records/batch.js";
import type { TimestampOffset } from "../segments/time-index.js";
import type { Findings } from "./findings.js";
import type { Located, OffsetPosition } from "./index-file.js";

/**
 * An entry says where a batch begins, and that batch's last offset. Apache Kafka before 4 indexed several batches that
 * arrived together by the offset at which the last of them ends: that leads to the right place too.
 */
export class OffsetIndexCheck {
  readonly #entries: Iterator<Located<OffsetPosition>, void, void>;
  readonly #path: string;
  readonly #findings: Findings;
  readonly #logBytes: number;
  #next: Located<OffsetPosition> | null = null;
  #lastPosition = -1;
  /** Its batch has passed by, but not yet the one that ends with its offset. */
  #open: Located<OffsetPosition> | null = null;

  constructor(
    entries: Iterator<Located<OffsetPosition>, void, void>,
    logBytes: number,
    path: string,
    findings: Findings,
  ) {
    this.#entries = entries;
    this.#logBytes = logBytes;
    this.#path = path;
    this.#findings = findings;
    this.#advance();
  }

  pass(position: number, { baseOffset, lastOffset }: RecordBatch): void {
    if (this.#open !== null && lastOffset >= this.#open.offset) {
      if (lastOffset !== this.#open.offset) this.#complainOfOffset(this.#open);
      this.#open = null;
    }
    for (; this.#next !== null && this.#next.position <= position; this.#advance()) {
      const entry = this.#next;
      if (entry.position < position)
        this.#complain(entry, `points at position ${entry.position}, where no batch begins`);
      else if (entry.offset < baseOffset) this.#complainOfOffset(entry);
      else if (entry.offset < lastOffset) this.#complainOfOffset(entry);
      else if (entry.offset > lastOffset) this.#open = entry;
    }
  }

  /** Past damage in the log: an entry tells where a batch begins again. Those before it cannot be judged. */
  resumeBehind(position: number): number | null {
    this.#open = null;
    while (this.#next !== null && this.#next.position <= position) this.#advance();
    return this.#next?.position ?? null;
  }

  /** All batches have passed. */
  end(): void {
    if (this.#open !== null) this.#complainOfOffset(this.#open);
    for (; this.#next !== null; this.#advance()) {
      this.#complain(this.#next, `points at position ${this.#next.position}, where no batch begins`);
    }
  }

  /** Goes to the next entry that lies in the log and in order. */
  #advance(): void {
    for (;;) {
      const { value: entry } = this.#entries.next();
      this.#next = entry ?? null;
      if (entry === undefined) return;
      if (entry.position < 0 || entry.position >= this.#logBytes) {
        this.#complain(entry, `points at position ${entry.position}, but the log has ${this.#logBytes} bytes`);
      } else if (entry.position <= this.#lastPosition) {
        this.#complain(entry, `points at position ${entry.position}, no further than the entry before it`);
      } else {
        this.#lastPosition = entry.position;
        return;
      }
    }
  }

  #complainOfOffset(entry: Located<OffsetPosition>): void {
    this.#complain(entry, `points at position ${entry.position} for an offset with which no batch there ends`);
  }

  #complain({ at, offset }: Located<OffsetPosition>, what: string): void {
    this.#findings.damage(this.#path, `has an entry that ${what}`, { position: at, offset });
  }
}

/** An entry says the latest timestamp up to an offset. */
export class TimeIndexCheck {
  readonly #entries: Iterator<Located<TimestampOffset>, void, void>;
  readonly #path: string;
  readonly #findings: Findings;
  #next: Located<TimestampOffset> | null;
  #maxTimestampMs = -1;
  /** Apache Kafka's index also counts batches of which compaction has left no record. */
  #maxWithEmptiedMs = -1;
  #isBlind = false;

  constructor(entries: Iterator<Located<TimestampOffset>, void, void>, path: string, findings: Findings) {
    this.#entries = entries;
    this.#path = path;
    this.#findings = findings;
    this.#next = this.#entries.next().value ?? null;
  }

  pass({ lastOffset, maxTimestampMs, recordsCount }: RecordBatch): void {
    if (recordsCount > 0) this.#maxTimestampMs = Math.max(this.#maxTimestampMs, maxTimestampMs);
    this.#maxWithEmptiedMs = Math.max(this.#maxWithEmptiedMs, maxTimestampMs);
    for (; this.#next !== null && this.#next.offset <= lastOffset; this.#advance()) {
      const { timestampMs, offset } = this.#next;
      if (this.#isBlind || timestampMs === this.#maxTimestampMs || timestampMs === this.#maxWithEmptiedMs) continue;
      const what = `says that ${timestampMs} is the latest timestamp up to offset ${offset}, but it is ${this.#maxTimestampMs}`;
      this.#complain(this.#next, what);
    }
  }

  /** A part of the log cannot be read: what was the latest timestamp is unknown from here on. */
  losePart(): void {
    this.#isBlind = true;
  }

  /** All batches have passed. */
  end(): void {
    if (this.#isBlind) return;
    for (; this.#next !== null; this.#advance())
      this.#complain(this.#next, "names an offset that the log does not reach");
  }

  #advance(): void {
    const before = this.#next;
    const { value: entry } = this.#entries.next();
    this.#next = entry ?? null;
    if (entry === undefined || before === null) return;
    if (entry.timestampMs <= before.timestampMs || entry.offset < before.offset) {
      this.#complain(entry, "does not rise above the entry before it");
    }
  }

  #complain({ at, offset }: Located<TimestampOffset>, what: string): void {
    this.#findings.damage(this.#path, `has an entry that ${what}`, { position: at, offset });
  }
}
