/** ConsumerGroupHeartbeat: a member joins, lives, says what has changed, and takes the next step to its assignment. */
import { reply, type Ticket } from "../../coordination/state-machine.js";
import { errors } from "../../protocol/errors.js";
import type { ConsumerGroupHeartbeatCall, ConsumerGroupHeartbeatReply } from "../calls.js";
import { type Asked, answer, type Circumstances, type GroupDecision } from "../group-types.js";
import type { Group, GroupsState } from "../groups-state.js";
import { type Failure, failed, heartbeatAnswer } from "./answers.js";
import { type ConsumerMember, createConsumerGroup, hasArrived, memberEpoch, ownerOf } from "./consumer-group.js";
import { Draft } from "./draft.js";
import { joiningMember } from "./join.js";
import { type Found, knownMember } from "./known-member.js";
import { decideConsumerLeave } from "./leave.js";
import { createConsumerLife } from "./life.js";
import { partitionsReported } from "./partitions-reported.js";
import { type Reported, reconcile } from "./reconcile.js";
import { requestFailure } from "./request-failure.js";
import { isSameSubscription, topicNamesOf, topicsNamed } from "./subscription.js";

type ConsumerHeartbeat = Asked<ConsumerGroupHeartbeatCall, ConsumerGroupHeartbeatReply>;

export function decideConsumerHeartbeat(
  state: Readonly<GroupsState>,
  heartbeat: ConsumerHeartbeat,
  circumstances: Circumstances,
): GroupDecision {
  const { request, ticket } = heartbeat;
  const failure = requestFailure(request, circumstances.config);
  if (failure !== null) return answer(reply(ticket, failed(failure), "at once"));
  const group = state.groups.get(request.groupId);
  const isJoin = request.memberEpoch === memberEpoch.join;
  if (group === undefined || group.membership.kind === "classic") {
    if (!isJoin || !mayBecomeConsumerGroup(group)) {
      return answer(reply(ticket, failed(noConsumerGroup(request.groupId)), "at once"));
    }
    return decideFirstJoin(state, group, heartbeat, circumstances);
  }
  const draft = draftOf(state, group.id, group.membership, circumstances);
  if (request.memberEpoch < 0) return decideConsumerLeave(draft, heartbeat, group.endOffset);
  const found = isJoin ? joiningMember(draft, request, circumstances.config) : knownMember(draft.group, request);
  if ("errorCode" in found) return answer(reply(ticket, failed(found), group.endOffset));
  takeIn(draft, heartbeat, found, group.endOffset);
  return draft.decisionOfHeartbeat();
}

/** A group that has no members may become one of another kind. Live members do not migrate. */
function mayBecomeConsumerGroup(group: Group | undefined): boolean {
  return group === undefined || (group.membership.kind === "classic" && group.membership.live.state === "Empty");
}

function noConsumerGroup(groupId: string): Failure {
  return { errorCode: errors.GROUP_ID_NOT_FOUND.code, errorMessage: `Group ${groupId} is not a consumer group.` };
}

function decideFirstJoin(
  state: Readonly<GroupsState>,
  group: Group | undefined,
  heartbeat: ConsumerHeartbeat,
  circumstances: Circumstances,
): GroupDecision {
  const { request, ticket } = heartbeat;
  const membership = { kind: "consumer", group: createConsumerGroup(), life: createConsumerLife() } as const;
  const draft = draftOf(state, request.groupId, membership, circumstances);
  const found = joiningMember(draft, request, circumstances.config);
  if ("errorCode" in found) return answer(reply(ticket, failed(found), "at once"));
  if (group?.membership.kind === "classic" && group.membership.logged !== null) {
    draft.write({ kind: "groupMetadata", group: request.groupId, value: null });
  }
  takeIn(draft, heartbeat, found, "own records");
  return draft.decision();
}

export function draftOf(
  { metadata }: Readonly<GroupsState>,
  groupId: string,
  { group, life }: { readonly group: Draft["group"]; readonly life: Draft["life"] },
  { now, config }: Circumstances,
): Draft {
  const settings = config.consumer.settingsOf(groupId, metadata);
  return new Draft({ groupId, group, life, topics: metadata.topicsByName, settings, now });
}

function takeIn(
  draft: Draft,
  { request, ticket }: ConsumerHeartbeat,
  { member: before, isNew }: Found,
  readUpTo: number | "own records",
): void {
  const member = asTheRequestSays(before, request);
  const hasNewTopics = !isSameSubscription(before, member);
  if (isNew || isDescribedAnew(before, member)) draft.describe(member);
  if (isNew || hasNewTopics) draft.beginEpoch();
  else if (draft.life.checkedTopics !== draft.topics) draft.checkTopics();
  draft.restartSession(member.id);
  if (request.memberEpoch === memberEpoch.join && draft.epoch > draft.group.assignmentEpoch) {
    waitForAssignment(draft, member.id, ticket);
    return;
  }
  const after = moveOn(draft, member, partitionsReported(request.topicPartitions), hasNewTopics);
  const tellsAssignment = isFullRequest(request) || after.assigned !== member.assigned;
  draft.answer(ticket, heartbeatAnswer(draft, after, tellsAssignment), draft.writes ? "own records" : readUpTo);
}

/** The one step of a member to its target that can be taken now. */
export function moveOn(
  draft: Draft,
  member: ConsumerMember,
  reported: Reported,
  hasNewTopics: boolean,
): ConsumerMember {
  const { group } = draft;
  if (!hasNewTopics && hasArrived(member, group)) return member;
  const topicIds = new Set([...topicsNamed(topicNamesOf(member, draft.regexes), draft.topics)].map(({ id }) => id));
  const target = {
    epoch: group.assignmentEpoch,
    partitions: new Map([...draft.targetOf(member.id)].filter(([topicId]) => topicIds.has(topicId))),
    isTaken: (topicId: string, partition: number) => {
      const owner = ownerOf(group, topicId, partition);
      return owner !== null && owner !== member.id;
    },
  };
  const after = reconcile(member, target, reported, hasNewTopics);
  if (after === member) return member;
  draft.assign(after);
  const isRevoking = after.state === "UNREVOKED_PARTITIONS";
  if (!isRevoking) draft.touch({ type: "revocation", memberId: member.id, untilMs: null });
  else if (!draft.life.revocations.has(member.id)) {
    const untilMs = draft.now.monotonicMs + member.rebalanceTimeoutMs;
    draft.touch({ type: "revocation", memberId: member.id, untilMs });
  }
  return after;
}

/** Of two joins of one member, only the later one can have its answer. */
function waitForAssignment(draft: Draft, memberId: string, ticket: Ticket<ConsumerGroupHeartbeatReply>): void {
  const earlier = draft.life.joining.get(memberId);
  if (earlier !== undefined) {
    const errorCode = errors.COORDINATOR_LOAD_IN_PROGRESS.code;
    draft.answer(earlier, failed({ errorCode, errorMessage: "The member has joined once more." }), "at once");
  }
  draft.touch({ type: "joining", memberId, ticket });
}

/** What a request leaves out has not changed. */
function asTheRequestSays(before: ConsumerMember, request: ConsumerGroupHeartbeatCall): ConsumerMember {
  return {
    ...before,
    instanceId: request.instanceId ?? before.instanceId,
    rackId: request.rackId ?? before.rackId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs === -1 ? before.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
    serverAssignor: request.serverAssignor ?? before.serverAssignor,
    topicNames: request.subscribedTopicNames ?? before.topicNames,
    topicRegex: request.subscribedTopicRegex ?? before.topicRegex,
    clientId: request.clientId,
    clientHost: request.clientHost,
  };
}

function isDescribedAnew(before: ConsumerMember, after: ConsumerMember): boolean {
  return (
    before.instanceId !== after.instanceId ||
    before.rackId !== after.rackId ||
    before.rebalanceTimeoutMs !== after.rebalanceTimeoutMs ||
    before.serverAssignor !== after.serverAssignor ||
    before.clientId !== after.clientId ||
    before.clientHost !== after.clientHost ||
    !isSameSubscription(before, after)
  );
}

/** A member that says everything anew may have missed an answer: it is told everything anew. */
function isFullRequest(request: ConsumerGroupHeartbeatCall): boolean {
  if (request.memberEpoch === memberEpoch.join) return true;
  const saysTopics = request.subscribedTopicNames !== null || request.subscribedTopicRegex !== null;
  return request.rebalanceTimeoutMs !== -1 && saysTopics && request.topicPartitions !== null;
}
