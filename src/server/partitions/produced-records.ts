/** What a Produce request may carry for one partition, whatever the topic. */
import { errors } from "../../protocol/errors.js";
import { readBatches } from "../../protocol/records/batch.js";
import type { Refusal } from "../../protocol/records/check-batch.js";
import { codecs } from "../../protocol/records/codecs.js";
import { MAGIC } from "../../protocol/records/layout.js";
import { batchOfMessages } from "../../protocol/records/message-sets/convert-in.js";
import { OPENED_BYTES_MAX } from "../../protocol/records/record.js";

/** Since this version there are record batches, and nothing else may come. */
const RECORD_BATCHES_SINCE = 3;
/** The first version whose clients are sure to know zstd (KIP-110). */
const ZSTD_SINCE = 7;

/** The records that may go on to the log: one record batch, as it came or made of the messages of old (KIP-98). */
export function producedBatch(records: Uint8Array, apiVersion: number): Uint8Array | Refusal {
  if (apiVersion < RECORD_BATCHES_SINCE && isMessageSet(records)) return batchOfMessages(records, OPENED_BYTES_MAX);
  return refuseRecords(records, apiVersion) ?? records;
}

function isMessageSet(records: Uint8Array): boolean {
  const magic = records[MAGIC];
  return magic === 0 || magic === 1;
}

function refuseRecords(records: Uint8Array, apiVersion: number): Refusal | null {
  const { batches, stop } = readBatches(records);
  const [batch] = batches;
  if (stop === "bad magic" && isMessageSet(records)) {
    return invalid(`Produce requests of version ${apiVersion} may not carry messages of magic ${records[MAGIC]}`);
  }
  if (batch === undefined && (stop === null || stop === "torn")) {
    return invalid("Produce requests must carry one record batch for each partition, and there is none");
  }
  if (batches.length > 1) {
    return invalid(`Produce requests must carry exactly one record batch for each partition, not ${batches.length}`);
  }
  if (batch?.codec === codecs.zstd && apiVersion < ZSTD_SINCE) {
    const errorMessage = `Produce requests of version ${apiVersion} may not use zstd`;
    return { errorCode: errors.UNSUPPORTED_COMPRESSION_TYPE.code, errorMessage };
  }
  return null;
}

function invalid(errorMessage: string): Refusal {
  return { errorCode: errors.INVALID_RECORD.code, errorMessage };
}
