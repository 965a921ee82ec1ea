/**
 * What a log knows of its producers, found again: from the newest sound snapshot on, by the headers of the batches, and by
 * the markers among them. On the way the transaction indexes of segments that were checked are filled again.
 */
import type { Files } from "../../lib/environment.js";
import { RecordBatch } from "../../protocol/records/batch.js";
import type { Segments } from "../segments/segments.js";
import { readSnapshot, removeSnapshot } from "./producer-snapshot.js";
import { ProducerState } from "./producer-state.js";

/** So many headers are read between two chances for other work. */
const HEADERS_PER_STEP = 256;

export interface ProducersToFind {
  readonly files: Files;
  readonly folder: string;
  readonly segments: Segments;
  /** By their offsets, the newest first. */
  readonly snapshots: readonly number[];
  readonly endOffset: number;
  /** The segments that begin here or behind have lost their transaction indexes. */
  readonly reindexFrom: number;
}

interface Snapshot {
  readonly producers: ProducerState;
  readonly from: number;
}

/** Snapshots of which nothing can be found any more, because they are damaged or lie outside the log, are removed. */
export function* rebuildProducers(log: ProducersToFind): Generator<void, ProducerState, void> {
  const { segments, endOffset, reindexFrom } = log;
  const { producers, from } = newestSnapshot(log);
  let headers = 0;
  for (const segment of segments.from(from)) {
    // A snapshot of the very end spares the look into the segment.
    if (from >= endOffset) break;
    const position = from > segment.baseOffset ? segment.locate(from)?.position : 0;
    if (position === undefined) continue;
    const scan = segment.scanFrom(position);
    for (let header = scan.next(); header !== null; header = scan.next()) {
      const { isControl, sizeInBytes } = header;
      const whole = isControl ? segment.readBatch({ position: scan.position, sizeInBytes }) : null;
      const aborted = producers.note(whole === null ? header : new RecordBatch(whole, 0));
      if (aborted !== null && segment.baseOffset >= reindexFrom) segment.aborted.note(aborted);
      if (++headers % HEADERS_PER_STEP === 0) yield;
    }
  }
  return producers;
}

/**
 * One that lies before all that has to be looked through. Behind it no batch may be missing: where retention has deleted
 * some, it would tell of an older epoch than the producer has.
 */
function newestSnapshot({ files, folder, segments, snapshots, endOffset, reindexFrom }: ProducersToFind): Snapshot {
  const startOffset = segments.first.baseOffset;
  let newest: Snapshot | null = null;
  for (const from of snapshots) {
    const isWithin = from >= startOffset && from <= endOffset;
    if (isWithin && (newest !== null || from > reindexFrom)) continue;
    const producers = isWithin ? readSnapshot(files, folder, from) : null;
    if (producers === null) removeSnapshot(files, folder, from);
    else newest = { producers, from };
  }
  return newest ?? { producers: new ProducerState(), from: 0 };
}

/** The same at once, for a truncation: there the log waits. */
export function rebuildProducersNow(log: ProducersToFind): ProducerState {
  const work = rebuildProducers(log);
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
