/**
 * LeaveGroup to a consumer group: classic members leave by their own word; an operator may name members of either protocol.
 */
import type { Ticket } from "../../coordination/state-machine.js";
import { reply } from "../../coordination/state-machine.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { LeaveGroupReply } from "../calls.js";
import type { ConsumerGroup } from "../consumer/consumer-group.js";
import type { Draft } from "../consumer/draft.js";
import { decideRemoval } from "../consumer/members/removal.js";
import { answer, type GroupDecision } from "../group-types.js";
import { classicMemberError } from "./classic-member.js";

interface Leaving {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

/** `answered` makes the answer out of the error code of each. */
export function leaveAsClassicMembers(
  draft: Draft,
  leaving: readonly Leaving[],
  ticket: Ticket<LeaveGroupReply>,
  answered: (results: readonly ErrorCode[]) => LeaveGroupReply,
): GroupDecision {
  const found = leaving.map((each) => findLeaving(draft.group, each));
  const ids = new Set(found.flatMap((each) => (typeof each === "string" ? [each] : [])));
  const body = answered(found.map((each) => (typeof each === "string" ? errors.NONE.code : each)));
  if (ids.size === 0) return answer(reply(ticket, body, "at once"));
  const removal = decideRemoval(draft, ids);
  return { ...removal, replies: [...removal.replies, reply(ticket, body, "own records")] };
}

/** The id of the member that is meant. A static one may be named by its instance alone. */
function findLeaving(group: Readonly<ConsumerGroup>, { memberId, groupInstanceId }: Leaving): string | ErrorCode {
  const ofInstance = groupInstanceId === null || memberId !== "" ? undefined : group.instances.get(groupInstanceId);
  const id = ofInstance ?? memberId;
  return classicMemberError(group, id, groupInstanceId) ?? id;
}
