/** `compression.type`: the topic's codec instead of the producer's. The one case in which a batch is written anew. */
import { RecordBatch } from "../../protocol/records/batch.js";
import { buildBatch } from "../../protocol/records/build-batch.js";
import { isRefusal, type Refusal } from "../../protocol/records/check-batch.js";
import { type CodecId, codecs } from "../../protocol/records/codecs.js";
import { asBuffer } from "../../protocol/records/int64.js";
import { NO_PRODUCER_ID } from "../../protocol/records/layout.js";
import { OPENED_BYTES_MAX, readRecords } from "../../protocol/records/record.js";
import type { LogConfig } from "../log-config.js";

/** The batch as the topic wants it: the same one, or a copy with another codec. */
export function recompressed(batch: RecordBatch, compressionType: LogConfig["compressionType"]): RecordBatch | Refusal {
  const codec = codecFor(compressionType);
  if (codec === null || codec === batch.codec) return batch;
  const records = readRecords(batch, OPENED_BYTES_MAX);
  if (isRefusal(records)) return records;
  const { producerId, producerEpoch, baseSequence, isTransactional } = batch;
  const producer = { id: producerId, epoch: producerEpoch, baseSequence };
  const bytes = buildBatch({ records, codec, isTransactional, ...(producerId === NO_PRODUCER_ID ? {} : { producer }) });
  return new RecordBatch(asBuffer(bytes), 0);
}

function codecFor(compressionType: LogConfig["compressionType"]): CodecId | null {
  if (compressionType === "producer") return null;
  return compressionType === "uncompressed" ? codecs.none : codecs[compressionType];
}
