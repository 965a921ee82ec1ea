import { HEADER_BYTES } from "../protocol/records/layout.js";
import type { BatchToWrite } from "./shard-log.js";

/** Most that a record adds to its key and value: lengths, attributes, timestamp and offset deltas, no headers. */
const RECORD_OVERHEAD_BYTES_MAX = 21;

/** The bytes that a batch takes in the log, at most. */
export function batchBytesAtMost({ records }: BatchToWrite): number {
  return records.reduce(
    (bytes, { key, value }) => bytes + RECORD_OVERHEAD_BYTES_MAX + (key?.length ?? 0) + (value?.length ?? 0),
    HEADER_BYTES,
  );
}
