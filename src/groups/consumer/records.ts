/** The records that decisions about a consumer group are made of. */
import type { Partitions } from "../assignors/assignor.js";
import type { ConsumerGroupRecord } from "../records/consumer-group-record.js";
import type { ConsumerGroup, ConsumerMember, OwnedPartitions } from "./consumer-group.js";
import { memberStateNumber } from "./replay.js";

export function groupRecord(groupId: string, epoch: number, metadataHash: bigint): ConsumerGroupRecord {
  return { kind: "consumerGroup", groupId, value: { epoch, metadataHash } };
}

export function memberRecord(groupId: string, member: ConsumerMember): ConsumerGroupRecord {
  return {
    kind: "consumerMember",
    groupId,
    memberId: member.id,
    value: {
      instanceId: member.instanceId,
      rackId: member.rackId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      subscribedTopicNames: member.topicNames,
      subscribedTopicRegex: member.topicRegex,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      serverAssignor: member.serverAssignor,
      classicMemberMetadata: member.classic,
    },
  };
}

export function assignmentRecord(groupId: string, member: ConsumerMember): ConsumerGroupRecord {
  return {
    kind: "consumerAssignment",
    groupId,
    memberId: member.id,
    value: {
      memberEpoch: member.epoch,
      previousMemberEpoch: member.previousEpoch,
      state: memberStateNumber(member.state),
      assignedPartitions: loggedPartitions(member.assigned),
      partitionsPendingRevocation: loggedPartitions(member.pendingRevocation),
    },
  };
}

export function targetRecord(groupId: string, memberId: string, target: Partitions): ConsumerGroupRecord {
  const topicPartitions = [...target].map(([topicId, partitions]) => ({ topicId, partitions: [...partitions] }));
  return { kind: "consumerTarget", groupId, memberId, value: { topicPartitions } };
}

export function targetEpochRecord(groupId: string, assignmentEpoch: number, wallMs: number): ConsumerGroupRecord {
  return { kind: "consumerTargetEpoch", groupId, value: { assignmentEpoch, assignmentTimestamp: wallMs } };
}

export function regexRecord(
  groupId: string,
  regularExpression: string,
  topics: Iterable<string>,
  at: RegexPlace,
): ConsumerGroupRecord {
  const value = { topics: [...topics].sort(), version: at.metadataVersion, timestamp: at.wallMs };
  return { kind: "consumerRegularExpression", groupId, regularExpression, value };
}

interface RegexPlace {
  readonly metadataVersion: number;
  readonly wallMs: number;
}

/** In the order in which Apache Kafka removes a member: what it has, what it was to have, itself. */
export function memberTombstones(groupId: string, memberId: string): ConsumerGroupRecord[] {
  return [
    { kind: "consumerAssignment", groupId, memberId, value: null },
    { kind: "consumerTarget", groupId, memberId, value: null },
    { kind: "consumerMember", groupId, memberId, value: null },
  ];
}

export function regexTombstone(groupId: string, regularExpression: string): ConsumerGroupRecord {
  return { kind: "consumerRegularExpression", groupId, regularExpression, value: null };
}

/** The whole of a group without members. The group itself comes last: replaying it makes the group go. */
export function groupTombstones(groupId: string, group: Readonly<ConsumerGroup>): ConsumerGroupRecord[] {
  return [
    ...[...group.resolvedRegexes.keys()].map((regex) => regexTombstone(groupId, regex)),
    { kind: "consumerTargetEpoch", groupId, value: null },
    { kind: "consumerGroup", groupId, value: null },
  ];
}

function loggedPartitions(owned: OwnedPartitions) {
  return [...owned].map(([topicId, partitions]) => ({
    topicId,
    partitions: [...partitions.keys()],
    assignmentEpochs: [...partitions.values()],
  }));
}
