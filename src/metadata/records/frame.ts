/** A metadata record as the value of a log record: frame version, kind, version, message (KIP-631). */
import { readMessage, writeMessage } from "../../protocol/schema/codec.js";
import { includes, parseVersions } from "../../protocol/schema/versions.js";
import { type Decoding, decoding, MalformedError } from "../../protocol/wire/malformed.js";
import { Reader } from "../../protocol/wire/reader.js";
import { Writer } from "../../protocol/wire/writer.js";
import { type MetadataRecord, type RecordName, recordTypes, versionToWrite } from "./metadata-record.js";
import type { RecordType } from "./record-type.js";

const FRAME_VERSION = 1;

const namesByKey = new Map(
  Object.entries(recordTypes).map(([name, type]) => [type.key, { name: name as RecordName, type: type as RecordType }]),
);

export function encodeRecord(record: MetadataRecord): Uint8Array {
  const type: RecordType = recordTypes[record.name];
  const version = versionToWrite(record);
  const writer = new Writer();
  writer.unsignedVarint(FRAME_VERSION);
  writer.unsignedVarint(type.key);
  writer.unsignedVarint(version);
  writeMessage(type, version, record.data, writer);
  return Buffer.concat(writer.chunks());
}

/** Its bytes fields are views of `bytes`. */
export function decodeRecord(bytes: Uint8Array): Decoding<MetadataRecord> {
  return decoding(
    () => "metadata record",
    () => {
      const reader = new Reader(bytes);
      const frameVersion = reader.unsignedVarint();
      if (frameVersion !== FRAME_VERSION) throw new MalformedError(`frame version ${frameVersion} is unknown`);
      const key = reader.unsignedVarint();
      const version = reader.unsignedVarint();
      const found = namesByKey.get(key);
      if (found === undefined) throw new MalformedError(`record kind ${key} is unknown`);
      const { name, type } = found;
      if (!includes(parseVersions(type.versions), version))
        throw new MalformedError(`${name} version ${version} is unknown`);
      // The name and the type come from the same entry of the table.
      return { name, data: readMessage(type, version, reader) } as MetadataRecord;
    },
  );
}
