/** Offsets that were committed within a transaction: they count when it is committed, and never if it is aborted. */
import type { TransactionMarker } from "../../coordination/state-machine.js";
import type { Group, GroupsState } from "../groups-state.js";
import { type CommittedOffset, OffsetTable } from "./offset-table.js";

export function isPending({ pendingOffsets }: Group, topic: string, partition: number): boolean {
  for (const table of pendingOffsets.values()) {
    if (table.get(topic, partition) !== null) return true;
  }
  return false;
}

export function hasPending({ pendingOffsets }: Group): boolean {
  for (const table of pendingOffsets.values()) {
    if (!table.isEmpty) return true;
  }
  return false;
}

export function addPending(
  state: GroupsState,
  group: Group,
  producerId: number,
  at: { readonly topic: string; readonly partition: number },
  committed: CommittedOffset,
): void {
  const table = group.pendingOffsets.get(producerId) ?? new OffsetTable();
  table.set(at.topic, at.partition, committed);
  group.pendingOffsets.set(producerId, table);
  const groups = state.openTransactions.get(producerId) ?? new Set<string>();
  groups.add(group.id);
  state.openTransactions.set(producerId, groups);
}

/** The end of a transaction. Of two commits the later one in the log counts, whichever way each was made. */
export function endTransaction(state: GroupsState, { producerId, commit }: TransactionMarker, endOffset: number): void {
  const groupIds = state.openTransactions.get(producerId) ?? [];
  state.openTransactions.delete(producerId);
  for (const groupId of groupIds) {
    const group = state.groups.get(groupId);
    const table = group?.pendingOffsets.get(producerId);
    if (group === undefined || table === undefined) continue;
    group.pendingOffsets.delete(producerId);
    group.endOffset = endOffset;
    if (!commit) continue;
    for (const { topic, partition, committed } of table.entries()) {
      const before = group.offsets.get(topic, partition);
      if (before === null || before.recordOffset < committed.recordOffset)
        group.offsets.set(topic, partition, committed);
    }
  }
}
