/** What a member goes through in a consumer group, whatever protocol it speaks. */
import { hasProtocols } from "../../classic/member-protocols.js";
import { type Reported, reconcile } from "../assignment/reconcile.js";
import { isSameSubscription, names } from "../assignment/subscription.js";
import { type ClassicMemberMetadata, type ConsumerMember, hasArrived, ownerOf } from "../consumer-group.js";
import type { Draft } from "../draft.js";

/** Takes over what a member says of itself. Gives whether it has subscribed to other topics. */
export function describeMember(draft: Draft, before: ConsumerMember, member: ConsumerMember, isNew: boolean): boolean {
  const hasNewTopics = !isSameSubscription(before, member);
  if (isNew || isDescribedAnew(before, member)) draft.describe(member);
  if (isNew || hasNewTopics) draft.beginEpoch();
  else if (draft.life.checkedTopics !== draft.topics) draft.checkTopics();
  return hasNewTopics;
}

function isDescribedAnew(before: ConsumerMember, after: ConsumerMember): boolean {
  return (
    before.instanceId !== after.instanceId ||
    before.rackId !== after.rackId ||
    before.rebalanceTimeoutMs !== after.rebalanceTimeoutMs ||
    before.serverAssignor !== after.serverAssignor ||
    before.clientId !== after.clientId ||
    before.clientHost !== after.clientHost ||
    !isSameClassic(before.classic, after.classic) ||
    !isSameSubscription(before, after)
  );
}

function isSameClassic(one: ClassicMemberMetadata | null, other: ClassicMemberMetadata | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.sessionTimeoutMs === other.sessionTimeoutMs &&
    hasProtocols({ protocols: one.supportedProtocols }, other.supportedProtocols)
  );
}

/** The one step of a member to its target that can be taken now. */
export function moveOn(
  draft: Draft,
  member: ConsumerMember,
  reported: Reported,
  hasNewTopics: boolean,
): ConsumerMember {
  const { group } = draft;
  if (!hasNewTopics && hasArrived(member, group)) return member;
  const isSubscribed = (topicId: string) => {
    const topic = draft.metadata.topicsById.get(topicId);
    return topic !== undefined && names(member, topic.name, draft.regexes);
  };
  const target = {
    epoch: group.assignmentEpoch,
    partitions: new Map([...draft.targetOf(member.id)].filter(([topicId]) => isSubscribed(topicId))),
    isTaken: (topicId: string, partition: number) => {
      const owner = ownerOf(group, topicId, partition);
      return owner !== null && owner !== member.id;
    },
  };
  const after = reconcile(member, target, reported, hasNewTopics);
  if (after === member) return member;
  draft.assign(after);
  // A classic member learns of it with its next heartbeat, and then has its time to join again.
  if (member.classic === null) limitRevocation(draft, after);
  return after;
}

function limitRevocation(draft: Draft, { id, state, rebalanceTimeoutMs }: ConsumerMember): void {
  if (state !== "UNREVOKED_PARTITIONS") draft.touch({ type: "revocation", memberId: id, untilMs: null });
  else if (!draft.life.revocations.has(id)) draft.expect("revocation", id, rebalanceTimeoutMs);
}
