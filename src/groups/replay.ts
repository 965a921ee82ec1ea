/** The only code that changes what the log says of groups and offsets. */
import type { RecordPosition } from "../coordination/state-machine.js";
import { unreachable } from "../lib/invariant.js";
import { createConsumerGroup } from "./consumer/consumer-group.js";
import { type ConsumerMembership, createConsumerLife } from "./consumer/life.js";
import { replayConsumerGroupRecord } from "./consumer/replay.js";
import {
  type ClassicMembership,
  createClassicMembership,
  createGroup,
  type Group,
  type GroupsState,
} from "./groups-state.js";
import type { CommittedOffset } from "./offsets/offset-table.js";
import { addPending, hasPending } from "./offsets/pending-offsets.js";
import type { ConsumerGroupRecord } from "./records/consumer-group-record.js";
import type { GroupRecord, LoggedGroup, LoggedOffset } from "./records/group-record.js";

export function replayRecord(state: GroupsState, record: GroupRecord, at: RecordPosition): void {
  state.endOffset = at.offset + 1;
  switch (record.kind) {
    case "offsetCommit":
      if (record.value === null) replayOffsetTombstone(state, record, at);
      else replayOffsetCommit(state, record, record.value, at);
      break;
    case "groupMetadata":
      if (record.value === null) replayGroupTombstone(state, record.group, at);
      else replayGroupMetadata(state, record.group, record.value, at);
      break;
    case "consumerGroup":
    case "consumerMember":
    case "consumerTargetEpoch":
    case "consumerTarget":
    case "consumerAssignment":
    case "consumerRegularExpression":
      replayOfConsumerGroup(state, record, at);
      break;
    default:
      unreachable(record);
  }
}

interface Place {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

function replayOffsetCommit(state: GroupsState, place: Place, value: LoggedOffset, at: RecordPosition): void {
  const group = groupOf(state, place.group, at);
  const committed: CommittedOffset = { recordOffset: at.offset, ...value };
  if (at.transaction === null) group.offsets.set(place.topic, place.partition, committed);
  else addPending(state, group, at.transaction.producerId, place, committed);
}

function replayOffsetTombstone(
  state: GroupsState,
  { group: groupId, topic, partition }: Place,
  at: RecordPosition,
): void {
  const group = state.groups.get(groupId);
  if (group === undefined) return;
  group.endOffset = at.offset + 1;
  group.offsets.delete(topic, partition);
  for (const table of group.pendingOffsets.values()) table.delete(topic, partition);
}

function replayGroupMetadata(state: GroupsState, groupId: string, value: LoggedGroup, at: RecordPosition): void {
  const group = groupOf(state, groupId, at);
  classicOf(group).logged = value;
}

function classicOf(group: Group): ClassicMembership {
  if (group.membership.kind !== "classic") group.membership = createClassicMembership();
  return group.membership;
}

/** A group of another kind that bears the name by now is not meant. */
function replayGroupTombstone(state: GroupsState, groupId: string, at: RecordPosition): void {
  const group = state.groups.get(groupId);
  if (group === undefined || group.membership.kind === "classic") endGroup(state, group, groupId, at);
}

/** Any record of a consumer group makes it one: compaction may leave those of its members in front. */
function replayOfConsumerGroup(state: GroupsState, record: ConsumerGroupRecord, at: RecordPosition): void {
  const before = state.groups.get(record.groupId);
  if (record.value === null && before?.membership.kind !== "consumer") return;
  if (record.kind === "consumerGroup" && record.value === null) {
    endGroup(state, before, record.groupId, at);
    return;
  }
  replayConsumerGroupRecord(consumerOf(groupOf(state, record.groupId, at)).group, record);
}

function consumerOf(group: Group): ConsumerMembership {
  if (group.membership.kind !== "consumer") {
    group.membership = { kind: "consumer", group: createConsumerGroup(), life: createConsumerLife() };
  }
  return group.membership;
}

/** The group's offsets outlive its members when it turns into one of another kind; else they were deleted before. */
function endGroup(state: GroupsState, group: Group | undefined, groupId: string, at: RecordPosition): void {
  state.deadlines.set(groupId, null);
  state.removalEndOffset = at.offset + 1;
  if (group === undefined) return;
  if (group.offsets.isEmpty && !hasPending(group)) {
    state.groups.delete(groupId);
  } else {
    group.membership = createClassicMembership();
    group.endOffset = at.offset + 1;
  }
}

/** A commit to a group that is not there makes one, which has only offsets. */
function groupOf(state: GroupsState, groupId: string, at: RecordPosition): Group {
  const group = state.groups.get(groupId) ?? createGroup(groupId);
  group.endOffset = at.offset + 1;
  state.groups.set(groupId, group);
  return group;
}
