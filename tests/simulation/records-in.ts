import { invariant } from "../../src/lib/invariant.js";
import { readBatches } from "../../src/protocol/records/batch.js";
import { isRefusal, readRecords } from "../../src/protocol/records/record.js";

const RECORDS_BYTES_MAX = 1024 * 1024;

/** The records of a fetch. Every batch must be whole, and right by its CRC. */
export function recordsIn(records: Uint8Array): { readonly offset: number; readonly value: string }[] {
  const { batches, stop } = readBatches(records);
  invariant(stop === null, `a fetch gives whole batches, but: ${stop}`);
  return batches.flatMap((batch) => {
    invariant(batch.hasValidCrc(), `the batch at offset ${batch.baseOffset} has its CRC`);
    const opened = readRecords(batch, RECORDS_BYTES_MAX);
    invariant(!isRefusal(opened), `the batch at offset ${batch.baseOffset} can be opened`);
    return opened.map(({ offset, value }) => ({ offset, value: Buffer.from(value ?? []).toString("latin1") }));
  });
}
