/**
 * The target assignment, and the topics that regular expressions stand for: worked out beside the group, as errands, and
 * written down when they are done. Meanwhile the group may have gone on to another epoch: then there is another errand.
 */
import type { Assignment, AssignmentSpec, MemberSpec, Partitions } from "../../assignors/assignor.js";
import { noPartitions } from "../../assignors/assignor.js";
import type { GroupConfig } from "../../group-config.js";
import type { Circumstances, GroupDecision, GroupErrandResult } from "../../group-types.js";
import { decision } from "../../group-types.js";
import type { GroupsState } from "../../groups-state.js";
import type { ConsumerMember } from "../consumer-group.js";
import { type Draft, draftOf } from "../draft.js";
import { regexRecord, regexTombstone, targetEpochRecord, targetRecord } from "../records.js";
import { regexesOf, topicNamesOf, topicsNamed } from "./subscription.js";
import { keyOf } from "./subscriptions.js";

/** An errand that failed, or whose result the log refused, is tried again. */
const RETRY_MS = 1000;

export function beginAssignment(draft: Draft, { nextErrand }: Readonly<GroupsState>, config: GroupConfig): void {
  draft.begin({
    type: "assign",
    groupId: draft.groupId,
    number: nextErrand,
    epoch: draft.group.epoch,
    assignor: preferredAssignor(draft.members(), config.consumer.assignors),
    spec: specOf(draft),
  });
}

export function beginResolution(draft: Draft, { nextErrand, metadata }: Readonly<GroupsState>): void {
  draft.begin({
    type: "resolve",
    groupId: draft.groupId,
    number: nextErrand,
    regexes: [...regexesOf(draft.subscriptions())],
    metadata,
  });
}

/** The one that most members want; without a wish, the first that is configured. */
export function preferredAssignor(members: Iterable<ConsumerMember>, names: readonly string[]): string {
  const wishes = new Map(names.map((name) => [name, 0]));
  for (const { serverAssignor } of members) {
    const count = serverAssignor === null ? undefined : wishes.get(serverAssignor);
    if (serverAssignor !== null && count !== undefined) wishes.set(serverAssignor, count + 1);
  }
  return [...wishes].reduce((most, each) => (each[1] > most[1] ? each : most), ["", -1])[0];
}

function specOf(draft: Draft): AssignmentSpec {
  const topics = new Map<string, number>();
  const topicIdsOf = new Map<string, Set<string>>();
  for (const subscription of draft.subscriptions()) {
    const topicIds = new Set<string>();
    for (const { id, partitions } of topicsNamed(topicNamesOf(subscription, draft.regexes), draft.topics)) {
      topicIds.add(id);
      topics.set(id, partitions.length);
    }
    topicIdsOf.set(keyOf(subscription), topicIds);
  }
  const members: MemberSpec[] = [];
  for (const member of draft.members()) {
    const topicIds = topicIdsOf.get(keyOf(member)) ?? new Set();
    const before = draft.group.targets.get(member.id) ?? noPartitions;
    members.push({ id: member.id, instanceId: member.instanceId, topicIds, before });
  }
  return { topics, members };
}

export function decideErrandDone(
  state: Readonly<GroupsState>,
  result: GroupErrandResult,
  circumstances: Circumstances,
): GroupDecision {
  const { groupId, number } = result.errand;
  const membership = state.groups.get(groupId)?.membership;
  // The group has gone meanwhile, and perhaps another has its name.
  if (membership?.kind !== "consumer" || membership.life.errand !== number) return decision({});
  const draft = draftOf(state, groupId, membership, circumstances);
  const { monotonicMs } = circumstances.now;
  switch (result.type) {
    case "assigned":
      writeTarget(draft, result.errand.epoch, result.assignment);
      draft.touch({ type: "errandOver", notBeforeMs: monotonicMs + draft.settings.assignmentIntervalMs });
      break;
    case "resolved":
      writeRegexes(draft, result);
      draft.touch({ type: "errandOver", notBeforeMs: draft.life.errandNotBeforeMs });
      break;
    case "failed":
      draft.touch({ type: "errandOver", notBeforeMs: monotonicMs + RETRY_MS });
      break;
  }
  return draft.decision();
}

/** The log refused what an errand brought. */
export function decideRefusedErrand(
  state: Readonly<GroupsState>,
  { errand }: GroupErrandResult,
  circumstances: Circumstances,
): GroupDecision {
  return decideErrandDone(state, { type: "failed", errand }, circumstances);
}

/** A member that has left meanwhile gets nothing; one that has come is part of the next assignment. */
function writeTarget(draft: Draft, epoch: number, assignment: Assignment): void {
  for (const memberId of draft.group.members.keys()) {
    const target = assignment.get(memberId);
    const before = draft.group.targets.get(memberId);
    if (target !== undefined && (before === undefined || !isSame(before, target))) {
      draft.write(targetRecord(draft.groupId, memberId, target));
    }
  }
  draft.write(targetEpochRecord(draft.groupId, epoch, draft.now.wallMs));
}

function isSame(one: Partitions, other: Partitions): boolean {
  if (one.size !== other.size) return false;
  for (const [topicId, partitions] of one) if (!haveSame(partitions, other.get(topicId))) return false;
  return true;
}

function haveSame<T>(one: ReadonlySet<T>, other: ReadonlySet<T> | undefined): boolean {
  if (one.size !== other?.size) return false;
  for (const each of one) if (!other.has(each)) return false;
  return true;
}

function writeRegexes(draft: Draft, { errand, resolved }: Extract<GroupErrandResult, { type: "resolved" }>): void {
  const wanted = regexesOf(draft.subscriptions());
  const place = { metadataVersion: errand.metadata.endOffset, wallMs: draft.now.wallMs };
  const regexes = new Map(draft.group.resolvedRegexes);
  for (const regex of draft.group.resolvedRegexes.keys()) {
    if (wanted.has(regex)) continue;
    regexes.delete(regex);
    draft.write(regexTombstone(draft.groupId, regex));
  }
  for (const [regex, topics] of resolved) {
    const before = regexes.get(regex);
    if (!wanted.has(regex) || (before !== undefined && haveSame(topics, before))) continue;
    regexes.set(regex, topics);
    draft.write(regexRecord(draft.groupId, regex, topics, place));
  }
  draft.regexes = regexes;
  draft.touch({ type: "resolved", topics: errand.metadata.topicsByName });
  draft.checkTopics();
}
