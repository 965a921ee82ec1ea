/** A member that has joined before, and whether it still is who it says (fencing by instance id and epoch). */
import { type ApiError, apiError } from "../../../protocol/errors.js";
import type { ConsumerGroupHeartbeatCall } from "../../calls.js";
import type { ConsumerGroup, ConsumerMember } from "../consumer-group.js";
import { partitionsReported } from "./partitions-reported.js";

export interface Found {
  readonly member: ConsumerMember;
  readonly isNew: boolean;
}

export function knownMember(group: Readonly<ConsumerGroup>, request: ConsumerGroupHeartbeatCall): Found | ApiError {
  const member = namedMember(group, request);
  if ("errorCode" in member) return member;
  if (isFenced(member, request)) {
    const errorMessage = `Member epoch ${request.memberEpoch} is not ${member.epoch}: give up all partitions and join again.`;
    return apiError("FENCED_MEMBER_EPOCH", errorMessage);
  }
  return { member, isNew: false };
}

/** A static member goes by its instance; whoever has that name now fences the one that had it. */
export function namedMember(
  { members, instances }: Readonly<ConsumerGroup>,
  { memberId, instanceId }: ConsumerGroupHeartbeatCall,
): ConsumerMember | ApiError {
  if (instanceId !== null) {
    const ofInstance = instances.get(instanceId);
    if (ofInstance === undefined) return unknown(`Instance ${instanceId}`);
    if (ofInstance !== memberId) {
      const errorMessage = `Instance ${instanceId} is another member now.`;
      return apiError("FENCED_INSTANCE_ID", errorMessage);
    }
  }
  return members.get(memberId) ?? unknown(`Member ${memberId}`);
}

function unknown(who: string): ApiError {
  return apiError("UNKNOWN_MEMBER_ID", `${who} is not a member of the group.`);
}

/** The epoch before is taken too, if the answer with the new one may have been lost: then the member has nothing new. */
function isFenced(member: ConsumerMember, request: ConsumerGroupHeartbeatCall): boolean {
  if (request.memberEpoch === member.epoch) return false;
  const missedAnswer = request.memberEpoch === member.previousEpoch && request.memberEpoch < member.epoch;
  return !missedAnswer || !hasOnlyAssigned(member, request);
}

function hasOnlyAssigned({ assigned }: ConsumerMember, { topicPartitions }: ConsumerGroupHeartbeatCall): boolean {
  const reported = partitionsReported(topicPartitions);
  if (reported === null) return false;
  for (const [topicId, partitions] of reported) {
    for (const partition of partitions) if (assigned.get(topicId)?.has(partition) !== true) return false;
  }
  return true;
}
