/** The only code that changes what the log does not say: a group's life between two generations, sessions, parked requests. */
import { invariant, unreachable } from "../lib/invariant.js";
import type { ClassicGroup } from "./classic/classic-group.js";
import { groupDeadlineMs } from "./classic/deadline.js";
import type { GroupTouch } from "./group-types.js";
import type { Group, GroupsState } from "./groups-state.js";

export function touchGroups(state: GroupsState, touch: GroupTouch): void {
  switch (touch.type) {
    case "group":
      touchGroup(state, groupOf(state, touch.groupId), touch.group);
      break;
    case "session":
      touchSession(state, groupOf(state, touch.groupId), touch.memberId, touch.untilMs);
      break;
    case "nextExpiry":
      state.nextExpiryMs = touch.atMs;
      break;
    case "topicsToForget":
      state.topicsToForget = touch.topics;
      break;
    default:
      unreachable(touch);
  }
}

function groupOf(state: GroupsState, groupId: string): Group {
  const group = state.groups.get(groupId);
  invariant(group !== undefined, "a group is in the log before it lives");
  return group;
}

function touchGroup(state: GroupsState, { id, membership }: Group, next: ClassicGroup): void {
  membership.live = next;
  state.deadlines.set(id, groupDeadlineMs(membership));
}

function touchSession(state: GroupsState, { id, membership }: Group, memberId: string, untilMs: number | null): void {
  if (untilMs === null) {
    membership.sessions.delete(memberId);
  } else {
    membership.sessions.set(memberId, untilMs);
    state.deadlines.advance(id, untilMs);
  }
}
