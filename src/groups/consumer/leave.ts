/** A member leaves: for good, or a static member for as long as its session lasts. */
import { reply } from "../../coordination/state-machine.js";
import { errors } from "../../protocol/errors.js";
import type { ConsumerGroupHeartbeatCall, ConsumerGroupHeartbeatReply } from "../calls.js";
import { type Asked, answer, type GroupDecision } from "../group-types.js";
import { failed, left } from "./answers.js";
import { type ConsumerMember, memberEpoch, nothingOwned } from "./consumer-group.js";
import type { Draft } from "./draft.js";
import { namedMember } from "./known-member.js";

export function decideConsumerLeave(
  draft: Draft,
  { request, ticket }: Asked<ConsumerGroupHeartbeatCall, ConsumerGroupHeartbeatReply>,
  groupEndOffset: number,
): GroupDecision {
  const member = namedMember(draft.group, request);
  if ("errorCode" in member) return answer(reply(ticket, failed(member), groupEndOffset));
  if (request.memberEpoch === memberEpoch.leaveForAWhile) leaveForAWhile(draft, member);
  else removeMembers(draft, [member.id]);
  draft.answer(ticket, left(request.memberId, request.memberEpoch), "own records");
  return draft.decision();
}

/** Keeps what it has. Its session goes on: who does not come back in time is removed. */
function leaveForAWhile(draft: Draft, member: ConsumerMember): void {
  draft.assign({ ...member, epoch: memberEpoch.leaveForAWhile, pendingRevocation: nothingOwned });
  draft.touch({ type: "revocation", memberId: member.id, untilMs: null });
}

/** Those who left, and those who were not heard of or did not let go of partitions in time. */
export function removeMembers(draft: Draft, memberIds: Iterable<string>): void {
  for (const memberId of memberIds) {
    const joining = draft.life.joining.get(memberId);
    if (joining !== undefined) {
      const errorMessage = `Member ${memberId} was removed from the group.`;
      draft.answer(joining, failed({ errorCode: errors.UNKNOWN_MEMBER_ID.code, errorMessage }), "own records");
    }
    draft.remove(memberId);
  }
  draft.beginEpoch();
}
