/** Heartbeat: a member is alive. The answer leaves at once, so that a slow log never costs a member its place. */
import { reply } from "../../coordination/state-machine.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { HeartbeatCall, HeartbeatReply } from "../calls.js";
import { draftOf } from "../consumer/draft.js";
import {
  type Asked,
  answer,
  type Circumstances,
  decision,
  type GroupDecision,
  type GroupTouch,
} from "../group-types.js";
import type { GroupsState } from "../groups-state.js";
import { classicGroupNamed, type GroupOfClassic } from "../membership.js";
import { heartbeatAsClassicMember } from "../migration/classic-heartbeat.js";
import { membersOf } from "./classic-group.js";
import { memberError } from "./members.js";

export function decideHeartbeat(
  state: Readonly<GroupsState>,
  { request, ticket }: Asked<HeartbeatCall, HeartbeatReply>,
  circumstances: Circumstances,
): GroupDecision {
  const named = state.groups.get(request.groupId);
  if (named?.membership.kind === "consumer") {
    return heartbeatAsClassicMember(draftOf(state, named.id, named.membership, circumstances), { request, ticket });
  }
  const group = classicGroupNamed(state, request.groupId);
  const error = heartbeatErrorOf(group, request);
  if (error !== null || group === undefined) {
    return answer(reply(ticket, { errorCode: error ?? errors.UNKNOWN_MEMBER_ID.code }, "at once"));
  }
  const rebalancing = group.membership.live.state === "PreparingRebalance";
  const errorCode = rebalancing ? errors.REBALANCE_IN_PROGRESS.code : errors.NONE.code;
  return decision({
    touches: restartedSession(group, request.memberId, circumstances),
    replies: [reply(ticket, { errorCode }, "at once")],
  });
}

function heartbeatErrorOf(group: GroupOfClassic | undefined, request: HeartbeatCall): ErrorCode | null {
  if (request.groupId === "") return errors.INVALID_GROUP_ID.code;
  if (group === undefined) return errors.UNKNOWN_MEMBER_ID.code;
  const { live } = group.membership;
  const error = memberError(live, request.memberId, request.groupInstanceId);
  if (error !== null) return error;
  return request.generationId === live.generation ? null : errors.ILLEGAL_GENERATION.code;
}

/** The member was heard of. */
export function restartedSession(group: GroupOfClassic, memberId: string, { now }: Circumstances): GroupTouch[] {
  const member = membersOf(group.membership.live).get(memberId);
  if (member === undefined) return [];
  return [{ type: "session", groupId: group.id, memberId, untilMs: now.monotonicMs + member.sessionTimeoutMs }];
}
