/** A snapshot as record batches, and back. Its offsets are its own: they count the records of the snapshot from 0. */
import { type RecordBatch, readBatches } from "../../protocol/records/batch.js";
import { buildBatch } from "../../protocol/records/build-batch.js";
import type { Snapshot } from "../engine.js";
import { recordsOf } from "../image/apply.js";
import { ImageDraft } from "../image/draft.js";
import { emptyImage } from "../image/empty.js";
import type { MetadataImage } from "../image/image.js";
import { encodeRecord } from "../records/frame.js";
import { imageRecords } from "./image-records.js";

/** So much is built in one go: a few milliseconds' work. */
const BATCH_BYTES = 64 * 1024;

/** Builds each batch when it is asked for, from an image that never changes; so the log may go on meanwhile. */
export async function* snapshotBatches(image: MetadataImage, timestampMs: number): AsyncGenerator<Uint8Array> {
  let baseOffset = 0;
  let values: Uint8Array[] = [];
  let bytes = 0;
  const batch = (): Uint8Array => {
    const records = values.map((value) => ({ timestampMs, key: null, value }));
    return buildBatch({ baseOffset, leaderEpoch: image.epoch, records });
  };
  for (const record of imageRecords(image)) {
    const value = encodeRecord(record);
    if (values.length > 0 && bytes + value.length > BATCH_BYTES) {
      yield batch();
      baseOffset += values.length;
      values = [];
      bytes = 0;
    }
    values.push(value);
    bytes += value.length;
  }
  if (values.length > 0) yield batch();
}

/** The image that a snapshot stands for. */
export async function imageOf({ next, epoch, batches }: Snapshot): Promise<MetadataImage> {
  const draft = new ImageDraft(emptyImage);
  for await (const slice of batches) {
    for (const batch of batchesIn(slice)) for (const record of recordsOf(batch)) draft.replay(record);
  }
  draft.advance(next, epoch);
  return draft.share();
}

function batchesIn(slice: Uint8Array): readonly RecordBatch[] {
  const { batches, stop } = readBatches(slice);
  if (stop !== null) throw new Error(`A snapshot of the metadata is damaged: ${stop}`);
  return batches;
}
