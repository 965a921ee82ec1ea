/**
 * Control records: what the broker writes between the records of clients. The key says which kind; a batch holds one.
 * End-of-transaction markers (KIP-98) belong to every partition, the others to the metadata log (KIP-595, KIP-630, KIP-853).
 */
import type { RecordBatch } from "./batch.js";
import { buildBatch } from "./build-batch.js";
import { asBuffer } from "./int64.js";
import { NO_SEQUENCE } from "./layout.js";
import { isRefusal, readRecords } from "./record.js";

export const controlTypes = {
  ABORT: 0,
  COMMIT: 1,
  LEADER_CHANGE: 2,
  SNAPSHOT_HEADER: 3,
  SNAPSHOT_FOOTER: 4,
  KRAFT_VERSION: 5,
  KRAFT_VOTERS: 6,
} as const;

export type ControlType = (typeof controlTypes)[keyof typeof controlTypes];

export interface EndTxnMarker {
  readonly commit: boolean;
  readonly coordinatorEpoch: number;
}

const KEY_BYTES = 4;
const MARKER_VALUE_BYTES = 6;
/** A control batch that is larger, decompressed, is none of ours. */
const CONTROL_BODY_BYTES_MAX = 1024 * 1024;

/** The key of a control record: version 0 and the type. Exactly four bytes, or kafkajs takes a marker for data. */
export function controlKey(type: ControlType): Uint8Array {
  const key = Buffer.alloc(KEY_BYTES);
  key.writeInt16BE(type, 2);
  return key;
}

/** The number in a control record's key, which may be of a type that is not known yet; null if it is no such key. */
export function readControlType(key: Uint8Array | null): number | null {
  return key === null || key.length < KEY_BYTES ? null : asBuffer(key).readInt16BE(2);
}

/** The batch that ends a transaction in one partition. */
export function buildEndTxnMarker(
  marker: EndTxnMarker,
  producer: { readonly id: number; readonly epoch: number },
  timestampMs: number,
): Uint8Array {
  const value = Buffer.alloc(MARKER_VALUE_BYTES);
  value.writeInt32BE(marker.coordinatorEpoch, 2);
  return buildBatch({
    records: [{ timestampMs, key: controlKey(marker.commit ? controlTypes.COMMIT : controlTypes.ABORT), value }],
    producer: { ...producer, baseSequence: NO_SEQUENCE },
    isTransactional: true,
    isControl: true,
  });
}

/** The marker in a control batch, or null if it holds another control record, or nothing sensible. */
export function readEndTxnMarker(batch: RecordBatch): EndTxnMarker | null {
  const records = readRecords(batch, CONTROL_BODY_BYTES_MAX);
  if (isRefusal(records)) return null;
  const record = records[0];
  if (record === undefined || record.value === null || record.value.length < MARKER_VALUE_BYTES) return null;
  const type = readControlType(record.key);
  if (type !== controlTypes.COMMIT && type !== controlTypes.ABORT) return null;
  return { commit: type === controlTypes.COMMIT, coordinatorEpoch: asBuffer(record.value).readInt32BE(2) };
}
