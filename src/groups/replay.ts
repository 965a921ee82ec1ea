/** The only code that changes what the log says of groups and offsets. */
import type { RecordPosition } from "../coordination/state-machine.js";
import { unreachable } from "../lib/invariant.js";
import { createGroup, type Group, type GroupsState } from "./groups-state.js";
import type { CommittedOffset } from "./offsets/offset-table.js";
import { addPending } from "./offsets/pending-offsets.js";
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
  const committed: CommittedOffset = { ...value, recordOffset: at.offset };
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
  groupOf(state, groupId, at).membership.logged = value;
}

function replayGroupTombstone(state: GroupsState, groupId: string, at: RecordPosition): void {
  state.groups.delete(groupId);
  state.deadlines.set(groupId, null);
  state.removalEndOffset = at.offset + 1;
}

/** A commit to a group that is not there makes one, which has only offsets. */
function groupOf(state: GroupsState, groupId: string, at: RecordPosition): Group {
  const group = state.groups.get(groupId) ?? createGroup(groupId);
  group.endOffset = at.offset + 1;
  state.groups.set(groupId, group);
  return group;
}
