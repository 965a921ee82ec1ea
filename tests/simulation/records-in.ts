import { invariant } from "../../src/lib/invariant.js";
import { readBatches } from "../../src/protocol/records/batch.js";
import { isRefusal, readRecords } from "../../src/protocol/records/record.js";

const RECORDS_BYTES_MAX = 1024 * 1024;

export interface FetchedRecord {
  readonly offset: number;
  readonly value: string;
  readonly timestampMs: number;
  readonly leaderEpoch: number;
}

/** The records of a fetch. Every batch must be whole, and right by its CRC. */
export function recordsIn(records: Uint8Array): FetchedRecord[] {
  const { batches, stop } = readBatches(records);
  invariant(stop === null, `a fetch gives whole batches, but: ${stop}`);
  return batches.flatMap((batch) => {
    invariant(batch.hasValidCrc(), `the batch at offset ${batch.baseOffset} has its CRC`);
    const opened = readRecords(batch, RECORDS_BYTES_MAX);
    invariant(!isRefusal(opened), `the batch at offset ${batch.baseOffset} can be opened`);
    const { leaderEpoch } = batch;
    return opened.map(({ offset, timestampMs, value }) => {
      return { offset, timestampMs, leaderEpoch, value: Buffer.from(value ?? []).toString("latin1") };
    });
  });
}
