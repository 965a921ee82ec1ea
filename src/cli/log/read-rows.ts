/** Reads the files of a log into rows, one at a time: memory holds one batch, however large the file is. */
import { basename, dirname } from "node:path";
import type { File, Files } from "../../lib/environment.js";
import { unreachable } from "../../lib/invariant.js";
import { readSmallFile } from "../../storage/files/durable-file.js";
import { scanBatches } from "../../storage/inspection/batch-scan.js";
import {
  type IndexKind,
  oddBytes,
  offsetIndexEntries,
  timeIndexEntries,
  transactionIndexEntries,
} from "../../storage/inspection/index-file.js";
import { sentenceOfStop } from "../../storage/inspection/scan-stop.js";
import { readEpochStarts, readProducers } from "../../storage/inspection/small-log-files.js";
import { batchRow, recordRows } from "./batch-rows.js";
import type { DumpRow } from "./dump-rows.js";
import { type LogFile, topicOf } from "./log-target.js";

type Rows = Generator<DumpRow, void, void>;

/** Throws `FileError`. `withRecords`: the records of each batch too. */
export function* rowsOf(files: Files, log: LogFile, withRecords: boolean): Rows {
  const { path, kind } = log;
  if (kind === "producers" || kind === "leader epochs") {
    yield* smallFileRows(files, path, kind);
    return;
  }
  const file = files.open(path, "read");
  try {
    if (kind === "batches") yield* batchRows(file, path, withRecords);
    else yield* indexRows(file, log, kind);
  } finally {
    file.close();
  }
}

function* batchRows(log: File, file: string, withRecords: boolean): Rows {
  const topic = topicOf(file);
  const scan = scanBatches(log, 0, log.bytes);
  for (;;) {
    const step = scan.next();
    if (step.done) {
      const { position, stop } = step.value;
      if (stop !== null) yield damage(file, sentenceOfStop(log, step.value), position);
      return;
    }
    const { batch, position } = step.value;
    const place = { file, position, topic };
    yield batchRow(batch, place);
    if (withRecords) yield* recordRows(batch, place);
  }
}

function* indexRows(index: File, { path: file, baseOffset }: LogFile, kind: IndexKind): Rows {
  switch (kind) {
    case ".index":
      for (const { offset, position } of offsetIndexEntries(index, baseOffset)) {
        yield { type: "offsetIndexEntry", file, offset, position };
      }
      break;
    case ".timeindex":
      for (const { timestampMs, offset } of timeIndexEntries(index, baseOffset)) {
        yield { type: "timeIndexEntry", file, timestampMs, offset };
      }
      break;
    case ".txnindex":
      for (const { at: _, ...entry } of transactionIndexEntries(index)) {
        yield { type: "abortedTransaction", file, ...entry };
      }
      break;
    default:
      unreachable(kind);
  }
  const odd = oddBytes(index, kind);
  if (odd > 0) yield damage(file, "ends in the middle of an entry", index.bytes - odd);
}

function* smallFileRows(files: Files, file: string, kind: "producers" | "leader epochs"): Rows {
  const bytes = readSmallFile(files, dirname(file), basename(file));
  if (bytes === null) {
    yield damage(file, "is too large for such a file");
    return;
  }
  const entries = kind === "producers" ? readProducers(bytes) : readEpochStarts(bytes.toString("utf8"));
  if ("damage" in entries) {
    yield damage(file, entries.damage);
    return;
  }
  for (const entry of entries) {
    if ("producerId" in entry) yield { type: "producer", file, ...entry };
    else yield { type: "leaderEpoch", file, ...entry };
  }
}

function damage(file: string, what: string, position: number | null = null): DumpRow {
  return { type: "damage", file, position, offset: null, damage: what };
}
