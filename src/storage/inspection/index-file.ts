/** The entries of index files, read a window at a time: for tools, which need each of them once and in order. */
import type { File } from "../../lib/environment.js";
import { readInt64 } from "../../protocol/records/int64.js";
import { OFFSET_ENTRY_BYTES } from "../segments/offset-index.js";
import { TIME_ENTRY_BYTES, type TimestampOffset } from "../segments/time-index.js";
import type { AbortedTransaction } from "../segments/transaction-index.js";

/** What the batch at `position` ends with is the offset. */
export interface OffsetPosition {
  readonly offset: number;
  readonly position: number;
}

/** An entry and where it lies in its own file. */
export type Located<Entry> = Entry & { readonly at: number };

export type IndexKind = ".index" | ".timeindex" | ".txnindex";

const TRANSACTION_ENTRY_BYTES = 34;

const entryBytesOf: Readonly<Record<IndexKind, number>> = {
  ".index": OFFSET_ENTRY_BYTES,
  ".timeindex": TIME_ENTRY_BYTES,
  ".txnindex": TRANSACTION_ENTRY_BYTES,
};

const ENTRIES_PER_READ = 1024;

export function* offsetIndexEntries(file: File, baseOffset: number): Generator<Located<OffsetPosition>, void, void> {
  for (const { bytes, at } of entriesOf(file, OFFSET_ENTRY_BYTES)) {
    yield { at, offset: baseOffset + bytes.readInt32BE(0), position: bytes.readInt32BE(4) };
  }
}

export function* timeIndexEntries(file: File, baseOffset: number): Generator<Located<TimestampOffset>, void, void> {
  for (const { bytes, at } of entriesOf(file, TIME_ENTRY_BYTES)) {
    yield { at, timestampMs: readInt64(bytes, 0), offset: baseOffset + bytes.readInt32BE(8) };
  }
}

/** An aborted transaction, and in which version the entry of it is written. */
export interface IndexedTransaction extends AbortedTransaction {
  readonly version: number;
}

export function* transactionIndexEntries(file: File): Generator<Located<IndexedTransaction>, void, void> {
  for (const { bytes, at } of entriesOf(file, TRANSACTION_ENTRY_BYTES)) {
    yield {
      at,
      version: bytes.readInt16BE(0),
      producerId: readInt64(bytes, 2),
      firstOffset: readInt64(bytes, 10),
      lastOffset: readInt64(bytes, 18),
      lastStableOffset: readInt64(bytes, 26),
    };
  }
}

/** Bytes at the end that are less than an entry; a sound index has none. */
export function oddBytes(file: File, kind: IndexKind): number {
  return file.bytes % entryBytesOf[kind];
}

interface EntryBytes {
  /** Valid until the next step. */
  readonly bytes: Buffer;
  readonly at: number;
}

function* entriesOf(file: File, entryBytes: number): Generator<EntryBytes, void, void> {
  const window = Buffer.allocUnsafe(ENTRIES_PER_READ * entryBytes);
  const end = endOfEntries(file, entryBytes, window);
  for (let start = 0; start < end; start += window.length) {
    const read = file.read(window.subarray(0, Math.min(window.length, end - start)), start);
    for (let at = 0; at + entryBytes <= read; at += entryBytes) {
      yield { bytes: window.subarray(at, at + entryBytes), at: start + at };
    }
  }
}

/** While Apache Kafka writes to a segment, its index files have their largest size, and zeros behind the last entry. */
function endOfEntries(file: File, entryBytes: number, window: Buffer): number {
  const whole = file.bytes - (file.bytes % entryBytes);
  for (let end = whole; end > 0; ) {
    const start = Math.max(0, end - window.length);
    const read = file.read(window.subarray(0, end - start), start);
    for (let last = read - 1; last >= 0; last--) {
      if (window[last] !== 0) return start + Math.ceil((last + 1) / entryBytes) * entryBytes;
    }
    end = start;
  }
  return 0;
}
