/** What the records of internal topics say. */
import type { RecordCodec } from "../../coordination/record-codec.js";
import { groupRecordCodec } from "../../groups/records/group-record.js";
import { decodeRecord } from "../../metadata/records/frame.js";
import type { LogRecord } from "../../protocol/records/record.js";
import { METADATA_TOPIC } from "../../storage/metadata-log.js";
import { transactionRecordCodec } from "../../transactions/records/transaction-record.js";
import { type Payload, payloadOf, plain } from "./payload.js";

export interface KeyAndValue {
  readonly key: Payload | null;
  readonly value: Payload | null;
}

type Decode = (record: LogRecord) => KeyAndValue | null;

const decoders: Readonly<Record<string, Decode>> = {
  __consumer_offsets: decodeGroupRecord,
  __transaction_state: decodeTransactionRecord,
  [METADATA_TOPIC]: decodeMetadataRecord,
};

/** What cannot be decoded is shown as the bytes that it is. */
export function keyAndValue(topic: string | null, record: LogRecord): KeyAndValue {
  const decode = topic === null ? undefined : decoders[topic];
  return decode?.(record) ?? { key: shown(record.key), value: shown(record.value) };
}

function decodeGroupRecord({ key, value }: LogRecord): KeyAndValue | null {
  const record = decodedBy(groupRecordCodec, key, value);
  if (record === null) return null;
  const { value: decodedValue, ...decodedKey } = record;
  return { key: { decoded: plain(decodedKey) }, value: decodedValue && { decoded: plain(decodedValue) } };
}

function decodeTransactionRecord({ key, value }: LogRecord): KeyAndValue | null {
  const record = decodedBy(transactionRecordCodec, key, value);
  if (record === null) return null;
  const { transactionalId, value: transaction } = record;
  if (transaction === null) return { key: { decoded: { transactionalId } }, value: null };
  const partitions = [...transaction.partitions].map(([topic, indexes]) => ({ topic, partitions: [...indexes] }));
  return { key: { decoded: { transactionalId } }, value: { decoded: plain({ ...transaction, partitions }) } };
}

/** Null for a kind that is not known, and for bytes that are none of the codec's: to a coordinator a bug, here not. */
function decodedBy<R>(codec: RecordCodec<R>, key: Uint8Array | null, value: Uint8Array | null): R | null {
  try {
    return codec.decode(key, value);
  } catch {
    return null;
  }
}

function decodeMetadataRecord({ key, value }: LogRecord): KeyAndValue | null {
  const decoded = value === null ? null : decodeRecord(value);
  if (decoded === null || !decoded.ok) return null;
  const { name, data } = decoded.value;
  return { key: shown(key), value: { decoded: { type: name, data: plain(data) } } };
}

function shown(bytes: Uint8Array | null): Payload | null {
  return bytes === null ? null : payloadOf(bytes);
}
