/** LeaveGroup: members leave, by their own word or by that of an operator who names static members. */
import { reply, type Ticket } from "../../coordination/state-machine.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { LeaveGroupCall, LeaveGroupReply } from "../calls.js";
import { draftOf } from "../consumer/draft.js";
import { answer, type Circumstances, type GroupDecision } from "../group-types.js";
import type { GroupsState } from "../groups-state.js";
import { classicGroupNamed } from "../membership.js";
import { leaveAsClassicMembers } from "../migration/classic-leave.js";
import { type ClassicGroup, membersOf } from "./classic-group.js";
import { Draft } from "./draft.js";
import { memberError, memberOfInstance } from "./members.js";
import { forgetPendingMember } from "./pending-members.js";
import { completeUnlessDelayed, removeMembers } from "./rebalance.js";

/** From this version on a request names several members, and each has an answer of its own (KIP-345). */
const BATCHED_SINCE = 3;

interface LeavingMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

export interface Leave {
  readonly request: LeaveGroupCall;
  readonly ticket: Ticket<LeaveGroupReply>;
}

export function decideLeave(
  state: Readonly<GroupsState>,
  { request, ticket }: Leave,
  circumstances: Circumstances,
): GroupDecision {
  const leaving = leavingMembers(request);
  if (request.groupId === "") {
    return answer(reply(ticket, { errorCode: errors.INVALID_GROUP_ID.code, members: [] }, "at once"));
  }
  const named = state.groups.get(request.groupId);
  if (named?.membership.kind === "consumer") {
    const draft = draftOf(state, named.id, named.membership, circumstances);
    return leaveAsClassicMembers(draft, leaving, ticket, (results) => leaveAnswer(request, leaving, results));
  }
  const group = classicGroupNamed(state, request.groupId);
  if (group === undefined) {
    const unknown = leaving.map(() => errors.UNKNOWN_MEMBER_ID.code);
    return answer(reply(ticket, leaveAnswer(request, leaving, unknown), "at once"));
  }
  const draft = new Draft(group.id, group.membership.live, circumstances);
  const results = leaveGroup(draft, leaving);
  draft.answer(ticket, leaveAnswer(request, leaving, results), draft.writes ? "own records" : "at once");
  return draft.decision();
}

function leaveGroup(draft: Draft, leaving: readonly LeavingMember[]): ErrorCode[] {
  const gone = new Set<string>();
  const results = leaving.map((member) => {
    if (draft.group.pendingMembers.has(member.memberId)) {
      forgetPendingMember(draft, member.memberId);
      return errors.NONE.code;
    }
    const found = findLeaving(draft.group, member, gone);
    if (found.errorCode === errors.NONE.code) gone.add(found.id);
    return found.errorCode;
  });
  removeMembers(draft, gone);
  if (results.includes(errors.NONE.code)) completeUnlessDelayed(draft);
  return results;
}

/** `gone` are those that leave by the same request. */
function findLeaving(
  group: ClassicGroup,
  { memberId, groupInstanceId }: LeavingMember,
  gone: ReadonlySet<string>,
): { readonly id: string; readonly errorCode: ErrorCode } {
  const unknown = { id: memberId, errorCode: errors.UNKNOWN_MEMBER_ID.code };
  if (memberId === "") {
    const member = groupInstanceId === null ? null : memberOfInstance(membersOf(group), groupInstanceId);
    return member === null || gone.has(member.id) ? unknown : { id: member.id, errorCode: errors.NONE.code };
  }
  if (gone.has(memberId)) return unknown;
  return { id: memberId, errorCode: memberError(group, memberId, groupInstanceId) ?? errors.NONE.code };
}

function leavingMembers(request: LeaveGroupCall): readonly LeavingMember[] {
  if (request.apiVersion >= BATCHED_SINCE) return request.members;
  return [{ memberId: request.memberId, groupInstanceId: null }];
}

function leaveAnswer(
  request: LeaveGroupCall,
  leaving: readonly LeavingMember[],
  results: readonly ErrorCode[],
): LeaveGroupReply {
  if (request.apiVersion < BATCHED_SINCE) return { errorCode: results[0] ?? errors.NONE.code, members: [] };
  const members = leaving.map(({ memberId, groupInstanceId }, i) => ({
    memberId,
    groupInstanceId,
    errorCode: results[i] ?? errors.NONE.code,
  }));
  return { errorCode: errors.NONE.code, members };
}
