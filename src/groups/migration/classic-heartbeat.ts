/** Heartbeat to a consumer group: a classic member is alive, and learns whether it has to join again. */
import { reply } from "../../coordination/state-machine.js";
import { unreachable } from "../../lib/invariant.js";
import { errors } from "../../protocol/errors.js";
import type { HeartbeatCall, HeartbeatReply } from "../calls.js";
import { type ConsumerGroup, ownerOf } from "../consumer/consumer-group.js";
import type { Draft } from "../consumer/draft.js";
import { type Asked, answer, type GroupDecision } from "../group-types.js";
import { type ClassicMember, classicMemberNamed, expectRejoin } from "./classic-member.js";

export function heartbeatAsClassicMember(
  draft: Draft,
  { request, ticket }: Asked<HeartbeatCall, HeartbeatReply>,
): GroupDecision {
  const member = classicMemberNamed(draft.group, request);
  if (typeof member === "number") return answer(reply(ticket, { errorCode: member }, "at once"));
  draft.restartSession(member);
  const hasToJoin = hasNews(draft.group, member);
  if (hasToJoin) expectRejoin(draft, member);
  const { code: errorCode } = hasToJoin ? errors.REBALANCE_IN_PROGRESS : errors.NONE;
  draft.answer(ticket, { errorCode }, "at once");
  return draft.decision();
}

/** Joining is the only way in which a classic member gives up partitions and is given others. */
function hasNews(group: Readonly<ConsumerGroup>, member: ClassicMember): boolean {
  if (member.epoch < group.assignmentEpoch) return true;
  switch (member.state) {
    case "STABLE":
      return false;
    case "UNREVOKED_PARTITIONS":
      return true;
    case "UNRELEASED_PARTITIONS":
      return !waitsForOthers(group, member);
    default:
      return unreachable(member.state);
  }
}

function waitsForOthers(group: Readonly<ConsumerGroup>, { id, assigned }: ClassicMember): boolean {
  for (const [topicId, partitions] of group.targets.get(id) ?? []) {
    for (const partition of partitions) {
      if (assigned.get(topicId)?.has(partition) !== true && ownerOf(group, topicId, partition) !== null) return true;
    }
  }
  return false;
}
