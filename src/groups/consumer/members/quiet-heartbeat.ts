/**
 * Most heartbeats say nothing new, and come from a member that has all that it shall have: its session goes on, and that is
 * all. They are by far the most frequent requests that a coordinator gets, so they are told apart first.
 */
import { reply } from "../../../coordination/state-machine.js";
import { errors } from "../../../protocol/errors.js";
import type { ConsumerGroupHeartbeatCall, ConsumerGroupHeartbeatReply } from "../../calls.js";
import { type Asked, type Circumstances, decision, type GroupDecision } from "../../group-types.js";
import type { Group, GroupsState } from "../../groups-state.js";
import { type ConsumerMember, hasArrived } from "../consumer-group.js";
import type { ConsumerMembership } from "../life.js";

/** Null: there is more to it. */
export function decideQuietHeartbeat(
  { metadata }: Readonly<GroupsState>,
  { id: groupId, endOffset }: Group,
  { group, life }: ConsumerMembership,
  { request, ticket }: Asked<ConsumerGroupHeartbeatCall, ConsumerGroupHeartbeatReply>,
  { now, config }: Circumstances,
): GroupDecision | null {
  const member = group.members.get(request.memberId);
  if (member === undefined || !hasArrived(member, group) || !isQuiet(request, member)) return null;
  if (life.checkedTopics !== metadata.topicsByName) return null;
  const { sessionTimeoutMs, heartbeatIntervalMs } = config.consumer.settingsOf(groupId, metadata);
  const { id: memberId, epoch } = member;
  const session = { type: "session", memberId, untilMs: now.monotonicMs + sessionTimeoutMs } as const;
  const body = { errorCode: errors.NONE.code, memberId, memberEpoch: epoch, heartbeatIntervalMs };
  return decision({
    touches: [{ type: "consumer", groupId, change: session }],
    replies: [reply(ticket, body, endOffset)],
  });
}

function isQuiet(request: ConsumerGroupHeartbeatCall, member: ConsumerMember): boolean {
  return (
    request.memberEpoch === member.epoch &&
    member.classic === null &&
    request.subscribedTopicNames === null &&
    request.subscribedTopicRegex === null &&
    request.topicPartitions === null &&
    (request.instanceId === null || request.instanceId === member.instanceId) &&
    (request.rackId === null || request.rackId === member.rackId) &&
    (request.serverAssignor === null || request.serverAssignor === member.serverAssignor) &&
    (request.rebalanceTimeoutMs === -1 || request.rebalanceTimeoutMs === member.rebalanceTimeoutMs) &&
    request.clientId === member.clientId &&
    request.clientHost === member.clientHost
  );
}
