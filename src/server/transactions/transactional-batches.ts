/** Which batches of a Produce request are part of a transaction: told by a look at their headers. */
import { RecordBatch } from "../../protocol/records/batch.js";
import { asBuffer } from "../../protocol/records/int64.js";
import { ATTRIBUTES, HEADER_BYTES, MAGIC, NO_PRODUCER_ID, TRANSACTIONAL_BIT } from "../../protocol/records/layout.js";

/** The producer that a batch names, where the batch begins. */
export interface BatchProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
}

/** One byte of a bit field lies behind another one that is not in use. */
const LOW_ATTRIBUTES = ATTRIBUTES + 1;

export function isTransactional(records: Uint8Array | null): boolean {
  if (records === null || records.length < HEADER_BYTES || records[MAGIC] !== 2) return false;
  return ((records[LOW_ATTRIBUTES] ?? 0) & TRANSACTIONAL_BIT) !== 0;
}

/** Null: the batch is no part of a transaction, or so spoiled that the log will refuse it. */
export function transactionalProducer(records: Uint8Array | null): BatchProducer | null {
  if (records === null || !isTransactional(records)) return null;
  const { producerId, producerEpoch, baseSequence } = new RecordBatch(asBuffer(records), 0);
  return producerId === NO_PRODUCER_ID ? null : { producerId, producerEpoch, baseSequence };
}
