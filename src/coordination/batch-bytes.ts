import { HEADER_BYTES } from "../protocol/records/layout.js";
import type { BatchToWrite } from "./shard-log.js";

/** Most that a record adds to its key and value: lengths, attributes, timestamp and offset deltas, no headers. */
const RECORD_OVERHEAD_BYTES_MAX = 21;

type Record = BatchToWrite["records"][number];

/** The bytes that a batch takes in the log, at most. */
export function batchBytesAtMost({ records }: BatchToWrite): number {
  return records.reduce((bytes, record) => bytes + recordBytesAtMost(record), HEADER_BYTES);
}

function recordBytesAtMost({ key, value }: Record): number {
  return RECORD_OVERHEAD_BYTES_MAX + (key?.length ?? 0) + (value?.length ?? 0);
}

/** The same records in as few batches of so many bytes as they need. A record that is larger has one of its own. */
export function partsOf(batch: BatchToWrite, bytesMax: number): readonly BatchToWrite[] {
  const parts: Record[][] = [];
  let bytesLeft = 0;
  for (const record of batch.records) {
    const bytes = recordBytesAtMost(record);
    if (bytes > bytesLeft) {
      parts.push([]);
      bytesLeft = bytesMax - HEADER_BYTES;
    }
    parts.at(-1)?.push(record);
    bytesLeft -= bytes;
  }
  return parts.map((records) => ({ ...batch, records }));
}
