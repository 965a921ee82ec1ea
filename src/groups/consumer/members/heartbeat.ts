/** ConsumerGroupHeartbeat: a member joins, lives, says what has changed, and takes the next step to its assignment. */
import { reply } from "../../../coordination/state-machine.js";
import { type ApiError, apiError } from "../../../protocol/errors.js";
import type { ConsumerGroupHeartbeatCall, ConsumerGroupHeartbeatReply } from "../../calls.js";
import { type Asked, answer, type Circumstances, type GroupDecision } from "../../group-types.js";
import type { Group, GroupsState } from "../../groups-state.js";
import { newConsumerGroup } from "../../migration/upgrade.js";
import { type ConsumerMember, memberEpoch } from "../consumer-group.js";
import { type Draft, draftOf } from "../draft.js";
import { createConsumerLife } from "../life.js";
import { failed, heartbeatAnswer } from "./answers.js";
import { joiningMember } from "./join.js";
import { type Found, knownMember } from "./known-member.js";
import { decideConsumerLeave } from "./leave.js";
import { describeMember, moveOn } from "./member-steps.js";
import { parkJoin } from "./parked-join.js";
import { partitionsReported } from "./partitions-reported.js";
import { decideQuietHeartbeat } from "./quiet-heartbeat.js";
import { requestFailure } from "./request-failure.js";

type ConsumerHeartbeat = Asked<ConsumerGroupHeartbeatCall, ConsumerGroupHeartbeatReply>;

export function decideConsumerHeartbeat(
  state: Readonly<GroupsState>,
  heartbeat: ConsumerHeartbeat,
  circumstances: Circumstances,
): GroupDecision {
  const { request, ticket } = heartbeat;
  const group = state.groups.get(request.groupId);
  if (group?.membership.kind === "consumer") {
    const quiet = decideQuietHeartbeat(state, group, group.membership, heartbeat, circumstances);
    if (quiet !== null) return quiet;
  }
  const failure = requestFailure(request, circumstances.config);
  if (failure !== null) return answer(reply(ticket, failed(failure), "at once"));
  const isJoin = request.memberEpoch === memberEpoch.join;
  if (group === undefined || group.membership.kind === "classic") {
    if (!isJoin) return answer(reply(ticket, failed(noConsumerGroup(request.groupId)), "at once"));
    return decideFirstJoin(state, group, heartbeat, circumstances);
  }
  const draft = draftOf(state, group.id, group.membership, circumstances);
  if (request.memberEpoch < 0) return decideConsumerLeave(draft, heartbeat, group.endOffset);
  const found = isJoin ? joiningMember(draft, request) : knownMember(draft.group, request);
  if ("errorCode" in found) return answer(reply(ticket, failed(found), group.endOffset));
  takeIn(draft, heartbeat, found, group.endOffset);
  return draft.decision();
}

function noConsumerGroup(groupId: string): ApiError {
  return apiError("GROUP_ID_NOT_FOUND", `Group ${groupId} is not a consumer group.`);
}

function decideFirstJoin(
  state: Readonly<GroupsState>,
  before: Group | undefined,
  heartbeat: ConsumerHeartbeat,
  circumstances: Circumstances,
): GroupDecision {
  const { request, ticket } = heartbeat;
  const begun = newConsumerGroup(request.groupId, before, state.metadata, circumstances.config);
  if ("errorCode" in begun) return answer(reply(ticket, failed(begun), before?.endOffset ?? "at once"));
  const draft = draftOf(state, request.groupId, { group: begun.group, life: createConsumerLife() }, circumstances);
  draft.write(...begun.records);
  draft.send(...begun.replies);
  for (const member of begun.group.members.values()) draft.restartSession(member);
  const found = joiningMember(draft, request);
  if ("errorCode" in found) return answer(reply(ticket, failed(found), "at once"));
  takeIn(draft, heartbeat, found, "own records");
  return draft.decision();
}

function takeIn(
  draft: Draft,
  { request, ticket }: ConsumerHeartbeat,
  { member: before, isNew }: Found,
  readUpTo: number | "own records",
): void {
  const member = asTheRequestSays(before, request);
  const hasNewTopics = describeMember(draft, before, member, isNew);
  if (before.classic !== null) forgetClassicDuties(draft, member.id);
  if (request.memberEpoch === memberEpoch.join && draft.epoch > draft.group.assignmentEpoch) {
    parkJoin(draft, member.id, { protocol: "consumer", ticket });
    return;
  }
  draft.restartSession(member);
  const after = moveOn(draft, member, partitionsReported(request.topicPartitions), hasNewTopics);
  const tellsAssignment = isFullRequest(request) || after.assigned !== member.assigned;
  draft.answer(ticket, heartbeatAnswer(draft, after, tellsAssignment), draft.writes ? "own records" : readUpTo);
}

/** It has gone over to the consumer protocol: it need neither join again nor ask for its assignment. */
function forgetClassicDuties(draft: Draft, memberId: string): void {
  draft.touch({ type: "rejoin", memberId, untilMs: null });
  draft.touch({ type: "sync", memberId, untilMs: null });
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
    classic: null,
    clientId: request.clientId,
    clientHost: request.clientHost,
  };
}

/** A member that says everything anew may have missed an answer: it is told everything anew. */
function isFullRequest(request: ConsumerGroupHeartbeatCall): boolean {
  if (request.memberEpoch === memberEpoch.join) return true;
  const saysTopics = request.subscribedTopicNames !== null || request.subscribedTopicRegex !== null;
  return request.rebalanceTimeoutMs !== -1 && saysTopics && request.topicPartitions !== null;
}
