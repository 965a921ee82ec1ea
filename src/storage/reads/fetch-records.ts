/**
 * Reading for clients. Compaction leaves batches without a record, and kafkajs stays for ever where an answer holds
 * nothing else: they are passed over. At the end of the log they are given, as a reader must be able to reach it.
 */
import { asBuffer } from "../../protocol/records/int64.js";
import { HEADER_BYTES, LENGTH, PREFIX_BYTES, RECORDS_COUNT } from "../../protocol/records/layout.js";
import type { LogRead } from "../log-results.js";
import type { PartitionLog } from "../partition-log.js";
import type { ReadRequest } from "./read-log.js";

export function fetchRecords(log: PartitionLog, request: ReadRequest): LogRead | Promise<LogRead> {
  const read = log.fetch(request.from, request.maxBytes, request.upTo, request.minOneBatch);
  const onward = (one: LogRead): LogRead | Promise<LogRead> => {
    if ("errorCode" in one || one.nextOffset >= request.upTo || !isEmptied(one.records)) return one;
    one.release();
    return fetchRecords(log, { ...request, from: one.nextOffset });
  };
  return read instanceof Promise ? read.then(onward) : onward(read);
}

/** Whether there are batches, but none of their records. */
function isEmptied(records: Uint8Array): boolean {
  const bytes = asBuffer(records);
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length && bytes.readInt32BE(at + RECORDS_COUNT) === 0) {
    at += PREFIX_BYTES + bytes.readInt32BE(at + LENGTH);
  }
  return at > 0 && at === bytes.length;
}
