/** The only code that changes what the log says of a consumer group. */
import { unreachable } from "../../lib/invariant.js";
import type {
  ConsumerGroupRecord,
  LoggedCurrentAssignment,
  LoggedMemberMetadata,
  LoggedTarget,
} from "../records/consumer-group-record.js";
import {
  type ConsumerGroup,
  type ConsumerMember,
  type MemberState,
  newMember,
  nothingAssigned,
  type OwnedPartitions,
} from "./consumer-group.js";

export function replayConsumerGroupRecord(group: ConsumerGroup, record: ConsumerGroupRecord): void {
  switch (record.kind) {
    case "consumerGroup":
      group.epoch = record.value?.epoch ?? 0;
      group.metadataHash = record.value?.metadataHash ?? 0n;
      break;
    case "consumerMember":
      if (record.value === null) removeMember(group, record.memberId);
      else setMember(group, described(memberOf(group, record.memberId), record.value));
      break;
    case "consumerTargetEpoch":
      group.assignmentEpoch = record.value?.assignmentEpoch ?? 0;
      break;
    case "consumerTarget":
      if (record.value === null) group.targets.delete(record.memberId);
      else group.targets.set(record.memberId, targetOf(record.value));
      break;
    case "consumerAssignment":
      replayAssignment(group, record.memberId, record.value);
      break;
    case "consumerRegularExpression":
      if (record.value === null) group.resolvedRegexes.delete(record.regularExpression);
      else group.resolvedRegexes.set(record.regularExpression, new Set(record.value.topics));
      break;
    default:
      unreachable(record);
  }
}

/** The assignment goes before the member goes; a log that was cut by compaction may only have one of the two. */
function replayAssignment(group: ConsumerGroup, memberId: string, value: LoggedCurrentAssignment | null): void {
  if (value !== null) setMember(group, assigned(memberOf(group, memberId), value));
  else if (group.members.has(memberId)) setMember(group, { ...memberOf(group, memberId), ...nothingAssigned });
}

function memberOf({ members }: ConsumerGroup, id: string): ConsumerMember {
  return members.get(id) ?? newMember(id);
}

function described(member: ConsumerMember, value: LoggedMemberMetadata): ConsumerMember {
  return {
    ...member,
    instanceId: value.instanceId,
    rackId: value.rackId,
    clientId: value.clientId,
    clientHost: value.clientHost,
    rebalanceTimeoutMs: value.rebalanceTimeoutMs,
    topicNames: value.subscribedTopicNames,
    topicRegex: value.subscribedTopicRegex,
    serverAssignor: value.serverAssignor,
    classic: value.classicMemberMetadata,
  };
}

/** As they are numbered in the log. A state of the future is taken for one that still has to arrive. */
const memberStates: readonly MemberState[] = ["STABLE", "UNREVOKED_PARTITIONS", "UNRELEASED_PARTITIONS"];

export function memberStateNumber(state: MemberState): number {
  return memberStates.indexOf(state);
}

function assigned(member: ConsumerMember, value: LoggedCurrentAssignment): ConsumerMember {
  return {
    ...member,
    epoch: value.memberEpoch,
    previousEpoch: value.previousMemberEpoch,
    state: memberStates[value.state] ?? "UNRELEASED_PARTITIONS",
    assigned: ownedOf(value.assignedPartitions, value.memberEpoch),
    pendingRevocation: ownedOf(value.partitionsPendingRevocation, value.memberEpoch),
  };
}

/** Before KIP-1251 the log did not say when: then it was no later than the member's epoch. */
function ownedOf(topics: LoggedCurrentAssignment["assignedPartitions"], epoch: number): OwnedPartitions {
  return new Map(
    topics.map(({ topicId, partitions, assignmentEpochs }) => [
      topicId,
      new Map(partitions.map((partition, i) => [partition, assignmentEpochs?.[i] ?? epoch])),
    ]),
  );
}

function targetOf({ topicPartitions }: LoggedTarget) {
  return new Map(topicPartitions.map(({ topicId, partitions }) => [topicId, new Set(partitions)]));
}

function setMember(group: ConsumerGroup, member: ConsumerMember): void {
  const before = group.members.get(member.id);
  if (before !== undefined) forgetOwner(group, before);
  group.members.set(member.id, member);
  if (before?.topicNames !== member.topicNames || before.topicRegex !== member.topicRegex) {
    if (before !== undefined) group.subscriptions.remove(before);
    group.subscriptions.add(member);
  }
  if (member.instanceId !== null) group.instances.set(member.instanceId, member.id);
  for (const [topicId, partition] of partitionsOf(member)) {
    const owners = group.owners.get(topicId) ?? new Map<number, string>();
    owners.set(partition, member.id);
    group.owners.set(topicId, owners);
  }
}

function removeMember(group: ConsumerGroup, id: string): void {
  const member = group.members.get(id);
  if (member === undefined) return;
  forgetOwner(group, member);
  group.subscriptions.remove(member);
  group.members.delete(id);
  // The instance may have another member by now.
  if (member.instanceId !== null && group.instances.get(member.instanceId) === id) {
    group.instances.delete(member.instanceId);
  }
}

function forgetOwner({ owners }: ConsumerGroup, member: ConsumerMember): void {
  for (const [topicId, partition] of partitionsOf(member)) {
    const ofTopic = owners.get(topicId);
    if (ofTopic?.get(partition) === member.id) ofTopic.delete(partition);
    if (ofTopic?.size === 0) owners.delete(topicId);
  }
}

function* partitionsOf({ assigned, pendingRevocation }: ConsumerMember): Generator<readonly [string, number]> {
  for (const owned of [assigned, pendingRevocation]) {
    for (const [topicId, partitions] of owned) {
      for (const partition of partitions.keys()) yield [topicId, partition];
    }
  }
}
