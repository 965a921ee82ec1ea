/** What the records of internal topics say. */
import { groupRecordCodec } from "../../groups/records/group-record.js";
import { decodeRecord } from "../../metadata/frame.js";
import type { LogRecord } from "../../protocol/records/record.js";
import { METADATA_TOPIC } from "../../storage/metadata-log.js";
import { type Payload, payloadOf, plain } from "./payload.js";

export interface KeyAndValue {
  readonly key: Payload | null;
  readonly value: Payload | null;
}

type Decode = (record: LogRecord) => KeyAndValue | null;

const decoders: Readonly<Record<string, Decode>> = {
  __consumer_offsets: decodeGroupRecord,
  [METADATA_TOPIC]: decodeMetadataRecord,
};

/** What cannot be decoded is shown as the bytes that it is. */
export function keyAndValue(topic: string | null, record: LogRecord): KeyAndValue {
  const decode = topic === null ? undefined : decoders[topic];
  return decode?.(record) ?? { key: shown(record.key), value: shown(record.value) };
}

function decodeGroupRecord({ key, value }: LogRecord): KeyAndValue | null {
  const record = groupRecordOf(key, value);
  if (record === null) return null;
  const { value: decodedValue, ...decodedKey } = record;
  return { key: { decoded: plain(decodedKey) }, value: decodedValue && { decoded: plain(decodedValue) } };
}

/** Null for a kind that is not known, and for bytes that are none of a group's: to the coordinator a bug, here not. */
function groupRecordOf(key: Uint8Array | null, value: Uint8Array | null) {
  try {
    return groupRecordCodec.decode(key, value);
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
