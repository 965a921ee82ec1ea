/** What a Produce request may carry for one partition, whatever the topic: exactly one record batch. */
import { type ErrorCode, errors } from "../protocol/errors.js";
import { readBatches } from "../protocol/records/batch.js";
import { codecs } from "../protocol/records/codecs.js";
import { MAGIC } from "../protocol/records/layout.js";

/** The first version whose clients are sure to know zstd (KIP-110). */
const zstdSince = 7;

/** Null: the records may go on to the log. */
export function refuseRecords(
  records: Uint8Array,
  apiVersion: number,
): { readonly errorCode: ErrorCode; readonly errorMessage: string } | null {
  const { batches, stop } = readBatches(records);
  const [batch] = batches;
  const magic = records[MAGIC];
  if (stop === "bad magic" && (magic === 0 || magic === 1)) {
    return invalid(`Produce requests of version ${apiVersion} may not carry messages of magic ${magic}`);
  }
  if (batch === undefined && (stop === null || stop === "torn")) {
    return invalid("Produce requests must carry one record batch for each partition, and there is none");
  }
  if (batches.length > 1) {
    return invalid(`Produce requests must carry exactly one record batch for each partition, not ${batches.length}`);
  }
  if (batch?.codec === codecs.zstd && apiVersion < zstdSince) {
    const errorMessage = `Produce requests of version ${apiVersion} may not use zstd`;
    return { errorCode: errors.UNSUPPORTED_COMPRESSION_TYPE.code, errorMessage };
  }
  return null;
}

function invalid(errorMessage: string) {
  return { errorCode: errors.INVALID_RECORD.code, errorMessage };
}
