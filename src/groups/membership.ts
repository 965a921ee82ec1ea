/** What the kinds of group have in common. */
import { unreachable } from "../lib/invariant.js";
import { CONSUMER_PROTOCOL_TYPE } from "./classic/subscription.js";
import { isSubscribedToTopic } from "./consumer/assignment/subscription.js";
import type { ClassicMembership, Group, GroupsState, Membership } from "./groups-state.js";

export type GroupOfClassic = Group & { readonly membership: ClassicMembership };

/** The group of that name, if it is a classic one: to the classic protocol there are no others. */
export function classicGroupNamed({ groups }: Readonly<GroupsState>, groupId: string): GroupOfClassic | undefined {
  const group = groups.get(groupId);
  return group !== undefined && isClassic(group) ? group : undefined;
}

export function isClassic(group: Group): group is GroupOfClassic {
  return group.membership.kind === "classic";
}

export function hasNoMembers({ membership }: Group): boolean {
  switch (membership.kind) {
    case "classic":
      return membership.live.state === "Empty";
    case "consumer":
      return membership.group.members.size === 0;
    default:
      return unreachable(membership);
  }
}

/** Where the subscription of consumers is not known, every topic may be part of it. */
export function isSubscribed(membership: Membership, topic: string): boolean {
  switch (membership.kind) {
    case "classic": {
      const { subscribedTopics, protocolType } = membership.live;
      return subscribedTopics?.has(topic) ?? protocolType === CONSUMER_PROTOCOL_TYPE;
    }
    case "consumer":
      return isSubscribedToTopic(membership.group, topic);
    default:
      return unreachable(membership);
  }
}
