/** ListGroups: the groups of this shard, of all kinds behind one listing. */
import { reply, type Ticket } from "../coordination/state-machine.js";
import { unreachable } from "../lib/invariant.js";
import type { ListGroupsCall, ListGroupsReply } from "./calls.js";
import { CONSUMER_PROTOCOL_TYPE } from "./classic/subscription.js";
import { stateOf } from "./consumer/consumer-group.js";
import { answer, type GroupDecision } from "./group-types.js";
import type { Group, GroupsState } from "./groups-state.js";

/** An empty filter lets everything pass; a name that means nothing lets nothing pass. */
export function decideListGroups(
  state: Readonly<GroupsState>,
  { request, ticket }: { readonly request: ListGroupsCall; readonly ticket: Ticket<ListGroupsReply> },
): GroupDecision {
  const states = new Set(request.statesFilter.map((name) => name.trim().toLowerCase()));
  const types = new Set(request.typesFilter.map((name) => name.toLowerCase()));
  const listed = [...state.groups.values()]
    .map(listedGroup)
    .filter(({ groupState = "" }) => states.size === 0 || states.has(groupState.toLowerCase()))
    .filter(({ groupType = "" }) => types.size === 0 || types.has(groupType));
  return answer(reply(ticket, listed, state.endOffset));
}

function listedGroup({ id, membership }: Group): ListGroupsReply[number] {
  switch (membership.kind) {
    case "classic": {
      const { protocolType, state } = membership.live;
      return { groupId: id, protocolType: protocolType ?? "", groupState: state, groupType: membership.kind };
    }
    case "consumer": {
      const groupState = stateOf(membership.group);
      return { groupId: id, protocolType: CONSUMER_PROTOCOL_TYPE, groupState, groupType: membership.kind };
    }
    default:
      return unreachable(membership);
  }
}
