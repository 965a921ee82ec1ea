/** A member joins: as a new one, once more, or as the next life of a static member that is away (KIP-345). */
import { type ApiError, apiError } from "../../../protocol/errors.js";
import type { ConsumerGroupHeartbeatCall } from "../../calls.js";
import { type ConsumerMember, memberEpoch, newMember } from "../consumer-group.js";
import type { Draft } from "../draft.js";
import type { Found } from "./known-member.js";
import { refuseParkedJoin } from "./parked-join.js";

/** Only a join by an old version lets the broker choose the id (KIP-1082). */
export function joiningMember(draft: Draft, request: ConsumerGroupHeartbeatCall): Found | ApiError {
  const memberId = request.memberId === "" ? request.freshUuid : request.memberId;
  const { members, instances } = draft.group;
  const ofInstance = request.instanceId === null ? undefined : instances.get(request.instanceId);
  const before = members.get(ofInstance ?? memberId);
  if (before === undefined) {
    const { groupMaxSize } = draft.config.consumer;
    if (members.size >= groupMaxSize) return groupIsFull(groupMaxSize);
    return { member: newMember(memberId), isNew: true };
  }
  if (before.id === memberId) return { member: before, isNew: false };
  // A classic member that restarts does not say so; the next life of its instance may speak the consumer protocol.
  if (before.classic === null && before.epoch !== memberEpoch.leaveForAWhile) {
    const errorMessage = `Instance ${request.instanceId} is still a member of the group.`;
    return apiError("UNRELEASED_INSTANCE_ID", errorMessage);
  }
  return { member: takePlace(draft, before, memberId), isNew: false };
}

function groupIsFull(groupMaxSize: number): ApiError {
  const errorMessage = `The group has its ${groupMaxSize} members (group.consumer.max.size).`;
  return apiError("GROUP_MAX_SIZE_REACHED", errorMessage);
}

/** The same assignment under a new id: nobody else notices. */
export function takePlace(draft: Draft, before: ConsumerMember, memberId: string): ConsumerMember {
  const member = { ...before, id: memberId, epoch: memberEpoch.join, previousEpoch: memberEpoch.join };
  const errorMessage = `Instance ${before.instanceId} is another member now.`;
  refuseParkedJoin(draft, before.id, apiError("FENCED_INSTANCE_ID", errorMessage), "own records");
  draft.remove(before.id);
  draft.describe(member);
  draft.inheritTarget(memberId, before.id);
  draft.assign(member);
  return member;
}
