/** The only code that changes what the log does not say: a group's life between two generations, sessions, parked requests. */
import { invariant, unreachable } from "../lib/invariant.js";
import type { ClassicGroup } from "./classic/classic-group.js";
import { groupDeadlineMs } from "./classic/deadline.js";
import { consumerDeadlineMs } from "./consumer/deadline.js";
import { type ConsumerMembership, touchConsumerLife } from "./consumer/life.js";
import type { GroupTouch } from "./group-types.js";
import type { ClassicMembership, Group, GroupsState } from "./groups-state.js";

export function touchGroups(state: GroupsState, touch: GroupTouch): void {
  switch (touch.type) {
    case "group":
      touchGroup(state, groupOf(state, touch.groupId), touch.group);
      break;
    case "session":
      touchSession(state, groupOf(state, touch.groupId), touch.memberId, touch.untilMs);
      break;
    case "sessionsLookedThrough":
      lookThroughSessions(classicOf(groupOf(state, touch.groupId)));
      break;
    case "nextExpiry":
      state.nextExpiryMs = touch.atMs;
      break;
    case "topicsToForget":
      state.topicsToForget = touch.topics;
      break;
    case "consumer":
      touchConsumerLife(consumerOf(groupOf(state, touch.groupId)).life, touch.change);
      break;
    case "consumerDeadline":
      touchConsumerDeadline(state, touch.groupId);
      break;
    case "errand":
      state.nextErrand = touch.number + 1;
      break;
    case "metadata":
      state.metadata = touch.metadata;
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

function classicOf({ membership }: Group): ClassicMembership {
  invariant(membership.kind === "classic", "a classic group is touched as one");
  return membership;
}

function consumerOf({ membership }: Group): ConsumerMembership {
  invariant(membership.kind === "consumer", "a consumer group is touched as one");
  return membership;
}

function touchConsumerDeadline(state: GroupsState, groupId: string): void {
  const membership = consumerOf(groupOf(state, groupId));
  state.deadlines.set(groupId, consumerDeadlineMs(membership, state.metadata.topicsByName));
}

function touchGroup(state: GroupsState, group: Group, next: ClassicGroup): void {
  const membership = classicOf(group);
  membership.live = next;
  state.deadlines.set(group.id, groupDeadlineMs(membership));
}

function touchSession(state: GroupsState, group: Group, memberId: string, untilMs: number | null): void {
  const membership = classicOf(group);
  if (untilMs === null) {
    membership.sessions.delete(memberId);
  } else {
    membership.sessions.set(memberId, untilMs);
    membership.sessionsDueMs = Math.min(membership.sessionsDueMs, untilMs);
    state.deadlines.advance(group.id, untilMs);
  }
}

function lookThroughSessions(membership: ClassicMembership): void {
  membership.sessionsDueMs = Number.POSITIVE_INFINITY;
  for (const untilMs of membership.sessions.values()) {
    membership.sessionsDueMs = Math.min(membership.sessionsDueMs, untilMs);
  }
}
