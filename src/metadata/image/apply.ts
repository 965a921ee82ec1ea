import { invariant } from "../../lib/invariant.js";
import type { RecordBatch } from "../../protocol/records/batch.js";
import { isRefusal, readRecords } from "../../protocol/records/record.js";
import { decodeRecord } from "../records/frame.js";
import type { MetadataRecord } from "../records/metadata-record.js";
import { ImageDraft } from "./draft.js";
import type { MetadataImage } from "./image.js";

/** No batch of metadata is larger, whatever it says of itself. */
const BATCH_BYTES_MAX = 64 * 1024 * 1024;

/**
 * The image after one more batch of the metadata log: all of its records or none. The old image stays as it is; a map
 * is copied once for the whole batch. A batch that the image holds already changes nothing.
 */
export function apply(image: MetadataImage, batch: RecordBatch): MetadataImage {
  if (batch.lastOffset < image.endOffset) return image;
  invariant(batch.baseOffset === image.endOffset, "the metadata log has no gap");
  const draft = new ImageDraft(image);
  for (const record of recordsOf(batch)) draft.replay(record);
  draft.advance(batch.lastOffset + 1, batch.leaderEpoch);
  return draft.share();
}

/** The metadata records of a batch; a control batch has none. Throws when they make no sense: the log is our own. */
export function recordsOf(batch: RecordBatch): MetadataRecord[] {
  if (batch.isControl) return [];
  const records = readRecords(batch, BATCH_BYTES_MAX);
  if (isRefusal(records)) throw new Error(`Metadata batch at offset ${batch.baseOffset}: ${records.errorMessage}`);
  return records.map(({ offset, value }) => {
    const decoded = decodeRecord(value ?? new Uint8Array(0));
    if (!decoded.ok) throw new Error(`Metadata record at offset ${offset}: ${decoded.malformed}`);
    return decoded.value;
  });
}
