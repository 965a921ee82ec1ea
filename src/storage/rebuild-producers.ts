/** What a log knows of its producers, found again: from the newest sound snapshot on, by the headers of the batches. */
import type { Files } from "../lib/environment.js";
import { readSnapshot, removeSnapshot, snapshotOffsets } from "./producer-snapshot.js";
import { ProducerState } from "./producer-state.js";
import type { Segments } from "./segments.js";

/** So many headers are read between two chances for other work. */
const HEADERS_PER_STEP = 256;

/** Snapshots that lie beyond `endOffset`, or are damaged, are removed. */
export function* rebuildProducers(
  files: Files,
  folder: string,
  segments: Segments,
  endOffset: number,
): Generator<void, ProducerState, void> {
  const { producers, from } = newestSnapshot(files, folder, endOffset);
  let headers = 0;
  for (const segment of segments.from(from)) {
    // A snapshot of the very end spares the look into the segment.
    if (from >= endOffset) break;
    const position = from > segment.baseOffset ? segment.locate(from)?.position : 0;
    if (position === undefined) continue;
    const scan = segment.scanFrom(position);
    for (let batch = scan.next(); batch !== null; batch = scan.next()) {
      producers.note(batch);
      if (++headers % HEADERS_PER_STEP === 0) yield;
    }
  }
  return producers;
}

function newestSnapshot(
  files: Files,
  folder: string,
  endOffset: number,
): { readonly producers: ProducerState; readonly from: number } {
  for (const from of snapshotOffsets(files, folder)) {
    const producers = from <= endOffset ? readSnapshot(files, folder, from) : null;
    if (producers !== null) return { producers, from };
    removeSnapshot(files, folder, from);
  }
  return { producers: new ProducerState(), from: 0 };
}

/** The same at once, for a truncation: there the log waits. */
export function rebuildProducersNow(...where: Parameters<typeof rebuildProducers>): ProducerState {
  const work = rebuildProducers(...where);
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
