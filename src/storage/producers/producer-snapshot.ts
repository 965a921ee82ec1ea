/**
 * Kafka's `.snapshot` files: what the log knows of its producers up to the offset in the file's name. Of each producer
 * they hold the last batch only. A snapshot spares the start-up a walk through the whole log.
 */
import type { Files } from "../../lib/environment.js";
import { crc32c } from "../../protocol/records/crc32c.js";
import { readInt64, writeInt64 } from "../../protocol/records/int64.js";
import { NO_SEQUENCE } from "../../protocol/records/layout.js";
import { readSmallFile } from "../files/durable-file.js";
import { offsetInFileName, segmentFileName } from "../files/file-names.js";
import { type ProducerEntry, ProducerState } from "./producer-state.js";

const VERSION = 1;
/** Version (int16), CRC-32C of what follows (uint32), number of entries (int32). */
const HEADER_BYTES = 10;
const CRC_AT = 2;
const CRC_FROM = 6;
/** Producer id, epoch, last sequence, last offset, offset delta, timestamp, coordinator epoch, first offset of the transaction. */
const ENTRY_BYTES = 46;
const FIRST_OFFSET = 38;
const NO_TRANSACTION = -1;
/** One for the end of the log, one before it: a truncation may go back. Kept as well: those at the begin of a segment. */
const SNAPSHOTS_KEPT = 2;
const SEQUENCE_MAX = 0x7fff_ffff;

/**
 * Synced later: its checksum tells a damaged one, and then the log itself is read. Older snapshots are removed, but for those
 * at `baseOffsets`, from which recovery can find the transactions of a segment again. False: it was there already.
 */
export function writeSnapshot(
  files: Files,
  folder: string,
  endOffset: number,
  producers: ProducerState,
  baseOffsets: ReadonlySet<number>,
): boolean {
  const path = `${folder}/${segmentFileName(endOffset, ".snapshot")}`;
  // One that is there is as good: what a truncation made wrong it has removed.
  if (files.stat(path) !== null) return false;
  const bytes = Buffer.alloc(HEADER_BYTES + producers.entries.size * ENTRY_BYTES);
  bytes.writeInt16BE(VERSION, 0);
  bytes.writeInt32BE(producers.entries.size, CRC_FROM);
  let at = HEADER_BYTES;
  for (const [producerId, entry] of producers.entries) {
    writeEntry(bytes, at, producerId, entry, producers.transactions.firstOffsetOf(producerId));
    at += ENTRY_BYTES;
  }
  bytes.writeUInt32BE(crc32c(bytes.subarray(CRC_FROM)), CRC_AT);
  writeWhole(files, path, bytes);
  const old = snapshotOffsets(files.list(folder)).slice(SNAPSHOTS_KEPT);
  for (const offset of old) if (!baseOffsets.has(offset)) removeSnapshot(files, folder, offset);
  return true;
}

/** Or not at all: half a snapshot would be taken for a whole one until it is read. */
function writeWhole(files: Files, path: string, bytes: Buffer): void {
  const file = files.open(path, "create");
  try {
    file.truncate(0);
    file.write([bytes], 0);
  } catch (error) {
    files.remove(path);
    throw error;
  } finally {
    file.close();
  }
}

/** The producers as of this snapshot, or null if it is damaged. */
export function readSnapshot(files: Files, folder: string, endOffset: number): ProducerState | null {
  const bytes = readSmallFile(files, folder, segmentFileName(endOffset, ".snapshot"));
  if (bytes === null || bytes.length < HEADER_BYTES || bytes.readInt16BE(0) !== VERSION) return null;
  const count = bytes.readInt32BE(CRC_FROM);
  if (bytes.length !== HEADER_BYTES + count * ENTRY_BYTES) return null;
  if (bytes.readUInt32BE(CRC_AT) !== crc32c(bytes.subarray(CRC_FROM))) return null;
  const producers = new ProducerState();
  const open: { readonly producerId: number; readonly firstOffset: number }[] = [];
  for (let at = HEADER_BYTES; at < bytes.length; at += ENTRY_BYTES) {
    const producerId = readInt64(bytes, at);
    producers.restore(producerId, readEntry(bytes, at));
    const firstOffset = readInt64(bytes, at + FIRST_OFFSET);
    if (firstOffset !== NO_TRANSACTION) open.push({ producerId, firstOffset });
  }
  open.sort((a, b) => a.firstOffset - b.firstOffset);
  for (const { producerId, firstOffset } of open) producers.transactions.begin(producerId, firstOffset);
  return producers;
}

/** The offsets of the snapshots among the files of a folder, the newest first. */
export function snapshotOffsets(names: readonly string[]): readonly number[] {
  return names
    .map((name) => offsetInFileName(name, ".snapshot"))
    .filter((offset) => offset !== null)
    .sort((a, b) => b - a);
}

/** It may have been removed meanwhile. */
export async function syncSnapshot(files: Files, folder: string, endOffset: number): Promise<void> {
  const path = `${folder}/${segmentFileName(endOffset, ".snapshot")}`;
  if (files.stat(path) === null) return;
  const file = files.open(path, "write");
  try {
    await file.sync();
  } finally {
    file.close();
  }
}

/** Those that are left. A power cut may have damaged any that was not synced yet, also one that nobody would read now. */
export function removeDamagedSnapshots(files: Files, folder: string, offsets: readonly number[]): readonly number[] {
  return offsets.filter((offset) => {
    const isSound = readSnapshot(files, folder, offset) !== null;
    if (!isSound) removeSnapshot(files, folder, offset);
    return isSound;
  });
}

export function removeSnapshot(files: Files, folder: string, endOffset: number): void {
  files.remove(`${folder}/${segmentFileName(endOffset, ".snapshot")}`);
}

function writeEntry(
  bytes: Buffer,
  at: number,
  producerId: number,
  entry: ProducerEntry,
  firstOffset: number | null,
): void {
  const last = entry.batches.at(-1);
  writeInt64(bytes, producerId, at);
  bytes.writeInt16BE(entry.epoch, at + 8);
  bytes.writeInt32BE(last?.lastSequence ?? NO_SEQUENCE, at + 10);
  writeInt64(bytes, last?.lastOffset ?? -1, at + 14);
  bytes.writeInt32BE(last === undefined ? 0 : last.lastOffset - last.baseOffset, at + 22);
  writeInt64(bytes, entry.lastTimestampMs, at + 26);
  bytes.writeInt32BE(entry.coordinatorEpoch, at + 34);
  writeInt64(bytes, firstOffset ?? NO_TRANSACTION, at + FIRST_OFFSET);
}

function readEntry(bytes: Buffer, at: number): ProducerEntry {
  const lastSequence = bytes.readInt32BE(at + 10);
  const lastOffset = readInt64(bytes, at + 14);
  const offsetDelta = bytes.readInt32BE(at + 22);
  const maxTimestampMs = readInt64(bytes, at + 26);
  const last = {
    baseSequence: sequenceBefore(lastSequence, offsetDelta),
    lastSequence,
    baseOffset: lastOffset - offsetDelta,
    lastOffset,
    maxTimestampMs,
  };
  return {
    epoch: bytes.readInt16BE(at + 8),
    lastTimestampMs: maxTimestampMs,
    coordinatorEpoch: bytes.readInt32BE(at + 34),
    batches: lastOffset < 0 ? [] : [last],
  };
}

/** Sequences wrap from 2^31 − 1 to 0, so backwards too. */
export function sequenceBefore(sequence: number, delta: number): number {
  return sequence >= delta ? sequence - delta : SEQUENCE_MAX - (delta - sequence) + 1;
}
