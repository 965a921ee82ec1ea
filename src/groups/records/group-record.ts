/** The records of `__consumer_offsets`, as the group machine writes and replays them. */
import type { RecordCodec } from "../../coordination/record-codec.js";
import { unreachable } from "../../lib/invariant.js";
import { decode, encodeMessage } from "../../protocol/schema/codec.js";
import { ZERO_UUID } from "../../protocol/schema/defaults.js";
import type { DecodedOf, EncodableOf, Message } from "../../protocol/schema/message.js";
import { ownBytes } from "../own-bytes.js";
import { GroupMetadataKey, GroupMetadataValue } from "./group-metadata.js";
import { LegacyOffsetCommitKey, LegacyOffsetCommitValue, OffsetCommitKey, OffsetCommitValue } from "./offset-commit.js";

export type LoggedOffset = DecodedOf<typeof OffsetCommitValue>;
export type LoggedGroup = DecodedOf<typeof GroupMetadataValue>;

/** A value of null is a tombstone. */
export type GroupRecord =
  | {
      readonly kind: "offsetCommit";
      readonly group: string;
      readonly topic: string;
      readonly partition: number;
      readonly value: LoggedOffset | null;
    }
  | { readonly kind: "groupMetadata"; readonly group: string; readonly value: LoggedGroup | null };

/** The 16 bits in front of every key. */
const recordType = { legacyOffsetCommit: 0, offsetCommit: 1, groupMetadata: 2 } as const;

/** The versions of the values that Apache Kafka 4.3 writes. */
const written = { offsetCommit: 4, offsetCommitThatExpires: 1, groupMetadata: 3 } as const;
/** From here on values are flexible: a newer one adds only tagged fields, and reads as this one (KIP-915). */
const LAST_VALUE_VERSION = 4;
const KEY_VERSION = 0;

export const groupRecordCodec: RecordCodec<GroupRecord> = {
  encode(record) {
    switch (record.kind) {
      case "offsetCommit": {
        const { group, topic, partition, value } = record;
        return {
          key: prefixed(recordType.offsetCommit, OffsetCommitKey, KEY_VERSION, { group, topic, partition }),
          value: value === null ? null : encodeOffsetCommit(value),
        };
      }
      case "groupMetadata": {
        const { group, value } = record;
        return {
          key: prefixed(recordType.groupMetadata, GroupMetadataKey, KEY_VERSION, { group }),
          value: value === null ? null : prefixedAt(GroupMetadataValue, written.groupMetadata, value),
        };
      }
      default:
        return unreachable(record);
    }
  },

  decode(key, value) {
    if (key === null || key.length < 2) return null;
    switch (int16At(key)) {
      case recordType.legacyOffsetCommit:
        return {
          kind: "offsetCommit",
          ...read(LegacyOffsetCommitKey, KEY_VERSION, key),
          value: value === null ? null : fromLegacy(read(LegacyOffsetCommitValue, 0, value)),
        };
      case recordType.offsetCommit:
        return {
          kind: "offsetCommit",
          ...read(OffsetCommitKey, KEY_VERSION, key),
          value: value === null ? null : read(OffsetCommitValue, versionOf(value), value),
        };
      case recordType.groupMetadata:
        return {
          kind: "groupMetadata",
          ...read(GroupMetadataKey, KEY_VERSION, key),
          value: value === null ? null : kept(read(GroupMetadataValue, versionOf(value), value)),
        };
      default:
        return null;
    }
  },
};

/** Version 1 alone has a place for the time at which the offset expires, and none for leader epoch and topic id. */
function encodeOffsetCommit(value: LoggedOffset): Uint8Array {
  const expires = value.expireTimestamp !== -1;
  return prefixedAt(OffsetCommitValue, expires ? written.offsetCommitThatExpires : written.offsetCommit, value);
}

function prefixedAt<M extends Message>(message: M, version: number, value: EncodableOf<M>): Uint8Array {
  return prefixed(version, message, version, value);
}

function prefixed<M extends Message>(prefix: number, message: M, version: number, value: EncodableOf<M>): Uint8Array {
  const body = encodeMessage(message, version, value);
  const bytes = new Uint8Array(2 + body.length);
  bytes[0] = prefix >> 8;
  bytes[1] = prefix & 0xff;
  bytes.set(body, 2);
  return bytes;
}

/** Reads what stands behind the 16 bits. A record that does not decode means that the log is not what it says. */
function read<M extends Message>(message: M, version: number, bytes: Uint8Array): DecodedOf<M> {
  const decoded = decode(message, version, bytes.subarray(2));
  if (!decoded.ok) throw new Error(`A record of __consumer_offsets does not decode: ${decoded.malformed}`);
  return decoded.value;
}

function versionOf(value: Uint8Array): number {
  return Math.min(int16At(value), LAST_VALUE_VERSION);
}

function int16At(bytes: Uint8Array): number {
  return (((bytes[0] ?? 0) << 24) >> 16) | (bytes[1] ?? 0);
}

function fromLegacy(legacy: DecodedOf<typeof LegacyOffsetCommitValue>): LoggedOffset {
  return { ...legacy, leaderEpoch: -1, expireTimestamp: -1, topicId: ZERO_UUID };
}

/** The log's read buffer is reused: what the group keeps is copied out of it. */
function kept(value: LoggedGroup): LoggedGroup {
  const members = value.members.map((member) => ({
    ...member,
    subscription: ownBytes(member.subscription),
    assignment: ownBytes(member.assignment),
  }));
  return { ...value, members };
}
