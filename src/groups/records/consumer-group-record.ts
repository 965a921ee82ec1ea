/** The records of consumer groups, and the number in front of the key of each. A value of null is a tombstone. */
import { type EncodedRecord, readKey, readValue, recordOf } from "../../coordination/record-bytes.js";
import { unreachable } from "../../lib/invariant.js";
import type { DecodedOf } from "../../protocol/schema/message.js";
import { ownBytes } from "../own-bytes.js";
import {
  ConsumerGroupCurrentMemberAssignmentValue,
  ConsumerGroupKey,
  ConsumerGroupMemberKey,
  ConsumerGroupMemberMetadataValue,
  ConsumerGroupMetadataValue,
  ConsumerGroupRegularExpressionKey,
  ConsumerGroupRegularExpressionValue,
  ConsumerGroupTargetAssignmentMemberValue,
  ConsumerGroupTargetAssignmentMetadataValue,
} from "./consumer-group.js";

export type LoggedMemberMetadata = DecodedOf<typeof ConsumerGroupMemberMetadataValue>;
export type LoggedCurrentAssignment = DecodedOf<typeof ConsumerGroupCurrentMemberAssignmentValue>;
export type LoggedTarget = DecodedOf<typeof ConsumerGroupTargetAssignmentMemberValue>;

interface OfGroup<Kind, Value> {
  readonly kind: Kind;
  readonly groupId: string;
  readonly value: Value | null;
}

interface OfMember<Kind, Value> extends OfGroup<Kind, Value> {
  readonly memberId: string;
}

interface OfRegularExpression<Kind, Value> extends OfGroup<Kind, Value> {
  readonly regularExpression: string;
}

export type ConsumerGroupRecord =
  | OfGroup<"consumerGroup", DecodedOf<typeof ConsumerGroupMetadataValue>>
  | OfMember<"consumerMember", LoggedMemberMetadata>
  | OfGroup<"consumerTargetEpoch", DecodedOf<typeof ConsumerGroupTargetAssignmentMetadataValue>>
  | OfMember<"consumerTarget", LoggedTarget>
  | OfMember<"consumerAssignment", LoggedCurrentAssignment>
  | OfRegularExpression<"consumerRegularExpression", DecodedOf<typeof ConsumerGroupRegularExpressionValue>>;

const recordType = {
  consumerGroup: 3,
  consumerMember: 5,
  consumerTargetEpoch: 6,
  consumerTarget: 7,
  consumerAssignment: 8,
  consumerRegularExpression: 16,
} as const;

export function encodeConsumerGroupRecord(record: ConsumerGroupRecord): EncodedRecord {
  const type = recordType[record.kind];
  switch (record.kind) {
    case "consumerGroup":
      return recordOf(type, ConsumerGroupKey, record, ConsumerGroupMetadataValue, record.value);
    case "consumerMember":
      return recordOf(type, ConsumerGroupMemberKey, record, ConsumerGroupMemberMetadataValue, record.value);
    case "consumerTargetEpoch":
      return recordOf(type, ConsumerGroupKey, record, ConsumerGroupTargetAssignmentMetadataValue, record.value);
    case "consumerTarget":
      return recordOf(type, ConsumerGroupMemberKey, record, ConsumerGroupTargetAssignmentMemberValue, record.value);
    case "consumerAssignment":
      return recordOf(type, ConsumerGroupMemberKey, record, ConsumerGroupCurrentMemberAssignmentValue, record.value);
    case "consumerRegularExpression":
      return recordOf(
        type,
        ConsumerGroupRegularExpressionKey,
        record,
        ConsumerGroupRegularExpressionValue,
        record.value,
      );
    default:
      return unreachable(record);
  }
}

/** Null: no record of a consumer group. The type 4 was replaced by the hash of the group's topics, and says nothing now. */
export function decodeConsumerGroupRecord(
  type: number,
  key: Uint8Array,
  value: Uint8Array | null,
): ConsumerGroupRecord | null {
  switch (type) {
    case recordType.consumerGroup:
      return {
        kind: "consumerGroup",
        ...readKey(ConsumerGroupKey, key),
        value: readValue(ConsumerGroupMetadataValue, value),
      };
    case recordType.consumerMember:
      return {
        kind: "consumerMember",
        ...readKey(ConsumerGroupMemberKey, key),
        value: kept(readValue(ConsumerGroupMemberMetadataValue, value)),
      };
    case recordType.consumerTargetEpoch:
      return {
        kind: "consumerTargetEpoch",
        ...readKey(ConsumerGroupKey, key),
        value: readValue(ConsumerGroupTargetAssignmentMetadataValue, value),
      };
    case recordType.consumerTarget:
      return {
        kind: "consumerTarget",
        ...readKey(ConsumerGroupMemberKey, key),
        value: readValue(ConsumerGroupTargetAssignmentMemberValue, value),
      };
    case recordType.consumerAssignment:
      return {
        kind: "consumerAssignment",
        ...readKey(ConsumerGroupMemberKey, key),
        value: readValue(ConsumerGroupCurrentMemberAssignmentValue, value),
      };
    case recordType.consumerRegularExpression:
      return {
        kind: "consumerRegularExpression",
        ...readKey(ConsumerGroupRegularExpressionKey, key),
        value: readValue(ConsumerGroupRegularExpressionValue, value),
      };
    default:
      return null;
  }
}

/** The log's read buffer is reused: what the group keeps is copied out of it. */
function kept(value: LoggedMemberMetadata | null): LoggedMemberMetadata | null {
  if (value === null || value.classicMemberMetadata === null) return value;
  const { sessionTimeoutMs, supportedProtocols } = value.classicMemberMetadata;
  const own = supportedProtocols.map(({ name, metadata }) => ({ name, metadata: ownBytes(metadata) }));
  return { ...value, classicMemberMetadata: { sessionTimeoutMs, supportedProtocols: own } };
}
