/** A consumer group as it goes on living after its log was loaded: every session anew. */
import type { Circumstances, GroupDecision } from "../group-types.js";
import type { GroupsState } from "../groups-state.js";
import { draftOf } from "./draft.js";
import type { ConsumerMembership } from "./life.js";

export function decideLoadedConsumerGroup(
  state: Readonly<GroupsState>,
  groupId: string,
  membership: ConsumerMembership,
  circumstances: Circumstances,
): GroupDecision {
  const draft = draftOf(state, groupId, membership, circumstances);
  for (const member of membership.group.members.values()) {
    draft.restartSession(member);
    if (member.state !== "UNREVOKED_PARTITIONS" || member.classic !== null) continue;
    const untilMs = circumstances.now.monotonicMs + member.rebalanceTimeoutMs;
    draft.touch({ type: "revocation", memberId: member.id, untilMs });
  }
  return draft.decision();
}
