/** A consumer group's time has come: sessions that ended, partitions not let go of, an assignment to make, joins to answer. */

import { errors } from "../../protocol/errors.js";
import type { Circumstances, GroupDecision } from "../group-types.js";
import type { Group, GroupsState } from "../groups-state.js";
import { failed, heartbeatAnswer } from "./answers.js";
import { stateOf } from "./consumer-group.js";
import type { Draft } from "./draft.js";
import { draftOf, moveOn } from "./heartbeat.js";
import { removeMembers } from "./leave.js";
import type { ConsumerMembership } from "./life.js";
import { regexesOf, type TopicsByName } from "./subscription.js";
import { beginAssignment, beginResolution } from "./target-assignment.js";

/** What they write stays well below any sensible `max.message.bytes`. */
const JOINS_AT_ONCE_MAX = 100;

/** Also when nothing is due after all: then the group gets its next deadline. */
export function decideConsumerDeadline(
  state: Readonly<GroupsState>,
  { id }: Group,
  membership: ConsumerMembership,
  circumstances: Circumstances,
): GroupDecision {
  const draft = draftOf(state, id, membership, circumstances);
  const late = lateMembers(membership, circumstances.now.monotonicMs);
  if (late.size > 0) {
    removeMembers(draft, late);
  } else if (errandDueMs(membership, draft.topics) <= circumstances.now.monotonicMs) {
    if (hasUnresolvedRegexes(membership, draft.topics)) beginResolution(draft, state);
    else beginAssignment(draft, state, circumstances.config);
  } else if (canAnswerJoins(membership)) {
    answerJoins(draft);
  }
  return draft.decision();
}

function lateMembers({ life: { sessions, revocations } }: ConsumerMembership, nowMs: number): Set<string> {
  const late = new Set<string>();
  for (const [memberId, untilMs] of sessions) if (untilMs <= nowMs) late.add(memberId);
  for (const [memberId, untilMs] of revocations) if (untilMs <= nowMs) late.add(memberId);
  return late;
}

/** When the group wants to be looked at; null when it waits for nothing. */
export function consumerDeadlineMs(membership: ConsumerMembership, topics: TopicsByName): number | null {
  let earliest = errandDueMs(membership, topics);
  const { sessions, revocations } = membership.life;
  for (const untilMs of sessions.values()) earliest = Math.min(earliest, untilMs);
  for (const untilMs of revocations.values()) earliest = Math.min(earliest, untilMs);
  if (canAnswerJoins(membership)) earliest = 0;
  return Number.isFinite(earliest) ? earliest : null;
}

/** Joins that come together are assigned together: the errand begins when they have been taken in. */
function errandDueMs(membership: ConsumerMembership, topics: TopicsByName): number {
  const { group, life } = membership;
  if (life.errand !== null || group.members.size === 0) return Number.POSITIVE_INFINITY;
  const isNeeded = stateOf(group) === "Assigning" || hasUnresolvedRegexes(membership, topics);
  return isNeeded ? life.errandNotBeforeMs : Number.POSITIVE_INFINITY;
}

function hasUnresolvedRegexes({ group, life }: ConsumerMembership, topics: TopicsByName): boolean {
  const regexes = regexesOf(group.members.values());
  if (regexes.size > 0 && life.resolvedTopics !== topics) return true;
  for (const regex of regexes) if (!group.resolvedRegexes.has(regex)) return true;
  return false;
}

function canAnswerJoins({ group, life }: ConsumerMembership): boolean {
  return life.joining.size > 0 && group.assignmentEpoch === group.epoch;
}

/** They said when they joined that they have nothing. Those who do not fit into one batch are answered in the next. */
function answerJoins(draft: Draft): void {
  for (const [memberId, ticket] of [...draft.life.joining].slice(0, JOINS_AT_ONCE_MAX)) {
    const member = draft.group.members.get(memberId);
    draft.touch({ type: "joining", memberId, ticket: null });
    if (member === undefined) {
      draft.answer(ticket, failed({ errorCode: errors.UNKNOWN_MEMBER_ID.code, errorMessage: "" }), "own records");
    } else {
      draft.answer(ticket, heartbeatAnswer(draft, moveOn(draft, member, new Map(), false), true), "own records");
    }
  }
}
