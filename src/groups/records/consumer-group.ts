/**
 * A consumer group (KIP-848) in `__consumer_offsets`: the group, each member, the target assignment, what each member has
 * of it, and the topics that regular expressions stand for. Each is a record of its own, so that little is written anew.
 */
import {
  array,
  bytes,
  int8,
  int32,
  int64,
  quantity,
  string,
  struct,
  timestamp,
  uuid,
} from "../../protocol/schema/fields.js";
import { message } from "../../protocol/schema/message.js";

export const ConsumerGroupKey = message({
  name: "ConsumerGroupMetadataKey",
  versions: "0",
  flexible: "none",
  fields: { groupId: string() },
});

export const ConsumerGroupMemberKey = message({
  name: "ConsumerGroupMemberMetadataKey",
  versions: "0",
  flexible: "none",
  fields: { groupId: string(), memberId: string() },
});

export const ConsumerGroupRegularExpressionKey = message({
  name: "ConsumerGroupRegularExpressionKey",
  versions: "0",
  flexible: "none",
  fields: { groupId: string(), regularExpression: string() },
});

export const ConsumerGroupMetadataValue = message({
  name: "ConsumerGroupMetadataValue",
  versions: "0",
  flexible: "0+",
  fields: {
    epoch: int32(),
    /** Of the subscribed topics: when it changes, the group gets a new epoch. */
    metadataHash: int64({ taggedVersions: "0+", tag: 0, default: 0n }),
  },
});

export const ConsumerGroupMemberMetadataValue = message({
  name: "ConsumerGroupMemberMetadataValue",
  versions: "0",
  flexible: "0+",
  fields: {
    instanceId: string({ nullable: "0+" }),
    rackId: string({ nullable: "0+" }),
    clientId: string(),
    clientHost: string(),
    subscribedTopicNames: array(string()),
    subscribedTopicRegex: string({ nullable: "0+" }),
    rebalanceTimeoutMs: int32({ default: -1 }),
    serverAssignor: string({ nullable: "0+" }),
    /** Of a member that speaks the classic protocol, while a group migrates. Of others Apache Kafka writes that it is null. */
    classicMemberMetadata: struct(
      { sessionTimeoutMs: int32(), supportedProtocols: array({ name: string(), metadata: bytes() }) },
      { nullable: "0+", taggedVersions: "0+", tag: 0 },
    ),
  },
});

export const ConsumerGroupTargetAssignmentMetadataValue = message({
  name: "ConsumerGroupTargetAssignmentMetadataValue",
  versions: "0",
  flexible: "0+",
  fields: {
    assignmentEpoch: int32(),
    assignmentTimestamp: timestamp({ taggedVersions: "0+", tag: 0, default: 0, ignorable: true }),
  },
});

export const ConsumerGroupTargetAssignmentMemberValue = message({
  name: "ConsumerGroupTargetAssignmentMemberValue",
  versions: "0",
  flexible: "0+",
  fields: { topicPartitions: array({ topicId: uuid(), partitions: array(int32()) }) },
});

const ownedPartitions = {
  topicId: uuid(),
  partitions: array(int32()),
  /** When the member was given each partition: commits of an older epoch come from someone else (KIP-1251). */
  assignmentEpochs: array(int32(), { nullable: "0+", default: null, taggedVersions: "0+", tag: 0 }),
} as const;

export const ConsumerGroupCurrentMemberAssignmentValue = message({
  name: "ConsumerGroupCurrentMemberAssignmentValue",
  versions: "0",
  flexible: "0+",
  fields: {
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    assignedPartitions: array(ownedPartitions),
    partitionsPendingRevocation: array(ownedPartitions),
  },
});

export const ConsumerGroupRegularExpressionValue = message({
  name: "ConsumerGroupRegularExpressionValue",
  versions: "0",
  flexible: "0+",
  fields: { topics: array(string()), version: quantity(), timestamp: timestamp() },
});
