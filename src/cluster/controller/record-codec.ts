import type { RecordCodec } from "../../coordination/record-codec.js";
import { decodeRecord, encodeRecord } from "../../metadata/records/frame.js";
import type { MetadataRecord } from "../../metadata/records/metadata-record.js";

/** Metadata records have no key. What cannot be decoded is never passed over: the metadata would be wrong from then on. */
export const metadataRecordCodec: RecordCodec<MetadataRecord> = {
  encode: (record) => ({ key: null, value: encodeRecord(record) }),
  decode(_key, value) {
    const decoded = decodeRecord(value ?? new Uint8Array(0));
    if (!decoded.ok) throw new Error(decoded.malformed);
    return decoded.value;
  },
};
