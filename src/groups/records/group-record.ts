/** The records of `__consumer_offsets`, as the group machine writes and replays them. */
import { int16At, prefixed, read } from "../../coordination/record-bytes.js";
import type { RecordCodec } from "../../coordination/record-codec.js";
import { unreachable } from "../../lib/invariant.js";
import type { DecodedOf, EncodableOf, Message } from "../../protocol/schema/message.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import { ownBytes } from "../own-bytes.js";
import {
  type ConsumerGroupRecord,
  decodeConsumerGroupRecord,
  encodeConsumerGroupRecord,
} from "./consumer-group-record.js";
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
  | { readonly kind: "groupMetadata"; readonly group: string; readonly value: LoggedGroup | null }
  | ConsumerGroupRecord;

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
      case "consumerGroup":
      case "consumerMember":
      case "consumerTargetEpoch":
      case "consumerTarget":
      case "consumerAssignment":
      case "consumerRegularExpression":
        return encodeConsumerGroupRecord(record);
      default:
        return unreachable(record);
    }
  },

  decode(key, value) {
    if (key === null || key.length < 2) return null;
    const type = int16At(key);
    switch (type) {
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
        return decodeConsumerGroupRecord(type, key, value);
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

function versionOf(value: Uint8Array): number {
  return Math.min(int16At(value), LAST_VALUE_VERSION);
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
