/** A consumer group's time has come: sessions that ended, partitions not let go of, an assignment to make, joins to answer. */
import type { Circumstances, GroupDecision } from "../group-types.js";
import type { Group, GroupsState } from "../groups-state.js";
import { regexesOf, type TopicsByName } from "./assignment/subscription.js";
import { beginAssignment, beginResolution } from "./assignment/target-assignment.js";
import { draftOf } from "./draft.js";
import type { ConsumerMembership } from "./life.js";
import { answerParkedJoins } from "./members/parked-join.js";
import { decideRemoval } from "./members/removal.js";

/** Also when nothing is due after all: then the group gets its next deadline. */
export function decideConsumerDeadline(
  state: Readonly<GroupsState>,
  { id }: Group,
  membership: ConsumerMembership,
  circumstances: Circumstances,
): GroupDecision {
  const draft = draftOf(state, id, membership, circumstances);
  const nowMs = circumstances.now.monotonicMs;
  if (membership.life.dutiesDueMs <= nowMs) {
    const late = lateMembers(membership, nowMs);
    if (late.size > 0) return decideRemoval(draft, late);
    draft.touch({ type: "lookedThrough" });
  }
  if (errandDueMs(membership, draft.topics) <= nowMs) {
    if (hasUnresolvedRegexes(membership, draft.topics)) beginResolution(draft, state);
    else beginAssignment(draft, state, circumstances.config);
  } else if (canAnswerJoins(membership)) {
    answerParkedJoins(draft);
  }
  return draft.decision();
}

function lateMembers({ life }: ConsumerMembership, nowMs: number): Set<string> {
  const late = new Set<string>();
  for (const duties of [life.sessions, life.revocations, life.rejoins, life.syncs]) {
    for (const [memberId, untilMs] of duties) if (untilMs <= nowMs) late.add(memberId);
  }
  return late;
}

/** When the group wants to be looked at; null when it waits for nothing. */
export function consumerDeadlineMs(membership: ConsumerMembership, topics: TopicsByName): number | null {
  let earliest = Math.min(errandDueMs(membership, topics), membership.life.dutiesDueMs);
  if (canAnswerJoins(membership)) earliest = 0;
  return Number.isFinite(earliest) ? earliest : null;
}

/** Joins that come together are assigned together: the errand begins when they have been taken in. */
function errandDueMs(membership: ConsumerMembership, topics: TopicsByName): number {
  const { group, life } = membership;
  if (life.errand !== null || group.members.size === 0) return Number.POSITIVE_INFINITY;
  const isNeeded = group.epoch > group.assignmentEpoch || hasUnresolvedRegexes(membership, topics);
  return isNeeded ? life.errandNotBeforeMs : Number.POSITIVE_INFINITY;
}

function hasUnresolvedRegexes({ group, life }: ConsumerMembership, topics: TopicsByName): boolean {
  const regexes = regexesOf(group.subscriptions);
  if (regexes.size > 0 && life.resolvedTopics !== topics) return true;
  for (const regex of regexes) if (!group.resolvedRegexes.has(regex)) return true;
  return false;
}

function canAnswerJoins({ group, life }: ConsumerMembership): boolean {
  return life.joining.size > 0 && group.assignmentEpoch === group.epoch;
}
