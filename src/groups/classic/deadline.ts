/** A classic group's time has come: sessions that ended, members that did not join or sync in time. */
import { unreachable } from "../../lib/invariant.js";
import type { Circumstances, GroupDecision } from "../group-types.js";
import type { ClassicMembership } from "../groups-state.js";
import type { ClassicGroup } from "./classic-group.js";
import { Draft } from "./draft.js";
import { forgetPendingMember } from "./pending-members.js";
import { completeIfAllJoined, joinDeadlinePassed, removeMembers } from "./rebalance.js";
import { syncDeadlinePassed } from "./sync.js";

/** Also when nothing is due after all: then the group gets its next deadline. */
export function decideGroupDeadline(
  groupId: string,
  { live, sessions, sessionsDueMs }: ClassicMembership,
  circumstances: Circumstances,
): GroupDecision {
  const draft = new Draft(groupId, live, circumstances);
  const nowMs = circumstances.now.monotonicMs;
  if (sessionsDueMs <= nowMs) {
    for (const [memberId, untilMs] of sessions) if (untilMs <= nowMs) sessionEnded(draft, memberId);
    draft.lookThroughSessions();
  }
  const { group } = draft;
  const dueMs = phaseDeadlineMs(group);
  if (dueMs !== null && dueMs <= nowMs) phaseDeadlinePassed(draft, group);
  return draft.decision();
}

/** When the group wants to be looked at; null when it waits for nothing. */
export function groupDeadlineMs({ live, sessionsDueMs }: ClassicMembership): number | null {
  const earliest = Math.min(phaseDeadlineMs(live) ?? Number.POSITIVE_INFINITY, sessionsDueMs);
  return Number.isFinite(earliest) ? earliest : null;
}

function phaseDeadlineMs(group: ClassicGroup): number | null {
  switch (group.state) {
    case "Empty":
      return null;
    case "PreparingRebalance":
    case "CompletingRebalance":
      return group.deadlineMs;
    case "Stable":
      return group.unsynced?.deadlineMs ?? null;
    default:
      return unreachable(group);
  }
}

function phaseDeadlinePassed(draft: Draft, group: ClassicGroup): void {
  switch (group.state) {
    case "Empty":
      break;
    case "PreparingRebalance":
      joinDeadlinePassed(draft, group);
      break;
    case "CompletingRebalance":
    case "Stable":
      syncDeadlinePassed(draft, group);
      break;
    default:
      unreachable(group);
  }
}

function sessionEnded(draft: Draft, memberId: string): void {
  draft.endSession(memberId);
  if (draft.group.pendingMembers.has(memberId)) {
    forgetPendingMember(draft, memberId);
    completeIfAllJoined(draft);
  } else if (!isParked(draft.group, memberId)) {
    removeMembers(draft, new Set([memberId]));
    completeIfAllJoined(draft);
  }
}

/** A member whose request is parked cannot send heartbeats. Its session begins anew with the answer. */
function isParked(group: ClassicGroup, memberId: string): boolean {
  if (group.state === "PreparingRebalance") return group.joined.get(memberId)?.isNew === false;
  return group.state === "CompletingRebalance" && group.synced.has(memberId);
}
