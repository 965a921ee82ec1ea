/** SyncGroup to a consumer group: a classic member asks for its part of what the group has assigned. */
import { reply } from "../../coordination/state-machine.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { SyncGroupCall, SyncGroupReply } from "../calls.js";
import { syncError } from "../classic/answers.js";
import { CONSUMER_PROTOCOL_TYPE } from "../classic/subscription.js";
import type { Draft } from "../consumer/draft.js";
import { type Asked, answer, type GroupDecision } from "../group-types.js";
import { classicSynced } from "./classic-answers.js";
import { type ClassicMember, classicMemberNamed, expectRejoin } from "./classic-member.js";

/** The answer leaves when all that the group says of the member is committed. */
export function syncAsClassicMember(
  draft: Draft,
  { request, ticket }: Asked<SyncGroupCall, SyncGroupReply>,
  groupEndOffset: number,
): GroupDecision {
  const member = classicMemberNamed(draft.group, request);
  if (typeof member === "number") return answer(reply(ticket, syncError(member), "at once"));
  const error = inconsistency(member, request);
  if (error !== null) return answer(reply(ticket, syncError(error), "at once"));
  if (isOutdated(draft, member)) {
    expectRejoin(draft, member);
    draft.answer(ticket, syncError(errors.REBALANCE_IN_PROGRESS.code), "at once");
    return draft.decision();
  }
  draft.touch({ type: "sync", memberId: member.id, untilMs: null });
  draft.restartSession(member);
  draft.answer(ticket, classicSynced(request, member, draft.metadata), groupEndOffset);
  return draft.decision();
}

/** KIP-559: a member that thinks of another protocol than it was told would misread its assignment. */
function inconsistency({ classic }: ClassicMember, { protocolType, protocolName }: SyncGroupCall): ErrorCode | null {
  const isOther =
    (protocolType !== null && protocolType !== CONSUMER_PROTOCOL_TYPE) ||
    (protocolName !== null && protocolName !== classic.supportedProtocols[0]?.name);
  return isOther ? errors.INCONSISTENT_GROUP_PROTOCOL.code : null;
}

/** The group has gone on; what the member has to give up it still has to be told. */
function isOutdated({ group }: Draft, { epoch, state }: ClassicMember): boolean {
  return group.assignmentEpoch > epoch && state !== "UNREVOKED_PARTITIONS";
}
