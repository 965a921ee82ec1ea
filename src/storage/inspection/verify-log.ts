/** Verifies the log in a folder: its segments with their indexes, its leader epochs, its producer snapshots. */
import { FileError, type Files } from "../../lib/environment.js";
import { readSmallFile } from "../durable-file.js";
import { offsetInFileName, type SegmentFile, segmentFileName } from "../file-names.js";
import type { Findings } from "./findings.js";
import { oddBytes, transactionIndexEntries } from "./index-file.js";
import { readEpochStarts, readProducers } from "./small-log-files.js";
import { EpochCheck } from "./verify-epochs.js";
import { type Totals, verifySegment } from "./verify-segment.js";

export const LEADER_EPOCHS_FILE = "leader-epoch-checkpoint";

export function verifyLog(files: Files, folder: string, findings: Findings, totals: Totals): void {
  try {
    const names = files.list(folder);
    const epochs = epochCheck(files, folder, findings);
    let endOffset = 0;
    for (const baseOffset of offsetsIn(names, ".log")) {
      endOffset = verifySegment(
        { files, folder, baseOffset, endOffset: Math.max(endOffset, baseOffset), epochs },
        findings,
        totals,
      );
    }
    for (const baseOffset of offsetsIn(names, ".txnindex")) verifyTransactions(files, folder, baseOffset, findings);
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

/** The entries against each other only: the markers to which they belong may be compacted away. */
function verifyTransactions(files: Files, folder: string, baseOffset: number, findings: Findings): void {
  const path = `${folder}/${segmentFileName(baseOffset, ".txnindex")}`;
  const file = files.open(path, "read");
  try {
    let before = baseOffset - 1;
    for (const { at, version, firstOffset, lastOffset } of transactionIndexEntries(file)) {
      const place = { position: at, offset: lastOffset };
      if (version !== 0) findings.damage(path, `has an entry of version ${version}, which is unknown`, place);
      else if (firstOffset > lastOffset || lastOffset <= before) {
        const what = `has an entry for offsets ${firstOffset} to ${lastOffset}, though the marker before it is at ${before}`;
        findings.damage(path, what, place);
      }
      before = lastOffset;
    }
    if (oddBytes(file, ".txnindex") > 0) findings.damage(path, "ends in the middle of an entry");
  } finally {
    file.close();
  }
}

function verifySnapshot(files: Files, folder: string, endOffset: number, findings: Findings): void {
  const name = segmentFileName(endOffset, ".snapshot");
  const bytes = readSmallFile(files, folder, name);
  const producers = bytes === null ? { damage: "is too large for a snapshot" } : readProducers(bytes);
  if ("damage" in producers) {
    findings.damage(`${folder}/${name}`, producers.damage);
    return;
  }
  for (const { producerId, lastOffset } of producers) {
    if (lastOffset < endOffset) continue;
    const what = `says that producer ${producerId} wrote offset ${lastOffset}, which lies behind the snapshot`;
    findings.damage(`${folder}/${name}`, what, { offset: lastOffset });
  }
}
