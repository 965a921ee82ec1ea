/** A member leaves: for good, or a static member for as long as its session lasts. */
import { reply } from "../../../coordination/state-machine.js";
import { apiError } from "../../../protocol/errors.js";
import type { ConsumerGroupHeartbeatCall, ConsumerGroupHeartbeatReply } from "../../calls.js";
import { type Asked, answer, type GroupDecision } from "../../group-types.js";
import { type ConsumerMember, memberEpoch, nothingOwned } from "../consumer-group.js";
import type { Draft } from "../draft.js";
import { failed, left } from "./answers.js";
import { namedMember } from "./known-member.js";
import { refuseParkedJoin } from "./parked-join.js";
import { decideRemoval } from "./removal.js";

export function decideConsumerLeave(
  draft: Draft,
  { request, ticket }: Asked<ConsumerGroupHeartbeatCall, ConsumerGroupHeartbeatReply>,
  groupEndOffset: number,
): GroupDecision {
  const member = namedMember(draft.group, request);
  if ("errorCode" in member) return answer(reply(ticket, failed(member), groupEndOffset));
  const answered = reply(ticket, left(request.memberId, request.memberEpoch), "own records");
  if (request.memberEpoch === memberEpoch.leaveForAWhile) {
    leaveForAWhile(draft, member);
    draft.send(answered);
    return draft.decision();
  }
  const removal = decideRemoval(draft, new Set([member.id]));
  return { ...removal, replies: [...removal.replies, answered] };
}

/** Keeps what it has. Its session goes on: who does not come back in time is removed. */
function leaveForAWhile(draft: Draft, member: ConsumerMember): void {
  draft.assign({ ...member, epoch: memberEpoch.leaveForAWhile, pendingRevocation: nothingOwned });
  draft.touch({ type: "revocation", memberId: member.id, untilMs: null });
  if (!draft.life.joining.has(member.id)) return;
  const errorMessage = `Member ${member.id} has left the group for a while.`;
  refuseParkedJoin(draft, member.id, apiError("UNKNOWN_MEMBER_ID", errorMessage), "own records");
  draft.restartSession(member);
}
