/** Verifies the log in a folder: its segments with their indexes, its leader epochs, its producer snapshots. */
import { FileError, type Files } from "../../lib/environment.js";
import { readSmallFile } from "../files/durable-file.js";
import { offsetInFileName, type SegmentFile, segmentFileName } from "../files/file-names.js";
import type { Findings } from "./findings.js";
import { readEpochStarts, readProducers } from "./small-log-files.js";
import { EpochCheck } from "./verify-epochs.js";
import { type Totals, verifySegment } from "./verify-segment.js";
import { TransactionCheck } from "./verify-transactions.js";

export const LEADER_EPOCHS_FILE = "leader-epoch-checkpoint";

export function verifyLog(files: Files, folder: string, findings: Findings, totals: Totals): void {
  try {
    const names = files.list(folder);
    const epochs = epochCheck(files, folder, findings);
    const transactions = new TransactionCheck(findings);
    const segments = offsetsIn(names, ".log");
    let endOffset = 0;
    for (const baseOffset of segments) {
      const isActive = baseOffset === segments.at(-1);
      const expected = { endOffset: Math.max(endOffset, baseOffset), epochs, transactions };
      endOffset = verifySegment({ files, folder, baseOffset, isActive, ...expected }, findings, totals);
    }
    for (const offset of offsetsIn(names, ".snapshot")) verifySnapshot(files, folder, offset, findings);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    findings.damage(error.path, `cannot be read. ${error.message}`);
  }
}

function offsetsIn(names: readonly string[], kind: SegmentFile): readonly number[] {
  return names.map((name) => offsetInFileName(name, kind)).filter((offset) => offset !== null);
}

function epochCheck(files: Files, folder: string, findings: Findings): EpochCheck | null {
  const path = `${folder}/${LEADER_EPOCHS_FILE}`;
  const text = readSmallFile(files, folder, LEADER_EPOCHS_FILE)?.toString("utf8");
  if (text === undefined) {
    findings.remark(path, "is missing, so the epochs of the batches are not checked");
    return null;
  }
  const starts = readEpochStarts(text);
  if (!("damage" in starts)) return new EpochCheck(starts, path, findings);
  findings.damage(path, starts.damage);
  return null;
}

function verifySnapshot(files: Files, folder: string, endOffset: number, findings: Findings): void {
  const name = segmentFileName(endOffset, ".snapshot");
  const bytes = readSmallFile(files, folder, name);
  const producers = bytes === null ? { damage: "is too large for a snapshot" } : readProducers(bytes);
  if ("damage" in producers) {
    findings.damage(`${folder}/${name}`, producers.damage);
    return;
  }
  for (const { producerId, lastOffset, currentTxnFirstOffset } of producers) {
    const damage = (offset: number, did: string) => {
      const what = `says that producer ${producerId} ${did} offset ${offset}, which lies behind the snapshot`;
      if (offset >= endOffset) findings.damage(`${folder}/${name}`, what, { offset });
    };
    damage(lastOffset, "wrote");
    damage(currentTxnFirstOffset, "began a transaction at");
  }
}
