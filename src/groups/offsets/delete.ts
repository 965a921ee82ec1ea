/** OffsetDelete: an operator makes a group forget partitions that it no longer reads (KIP-496). */
import { reply, type Ticket } from "../../coordination/state-machine.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { OffsetDeleteCall, OffsetDeleteReply } from "../calls.js";
import { CONSUMER_PROTOCOL_TYPE } from "../classic/subscription.js";
import { answer, decision, type GroupDecision } from "../group-types.js";
import type { Group, GroupsState, Membership } from "../groups-state.js";
import { hasNoMembers, isSubscribed } from "../membership.js";
import { isPending } from "./pending-offsets.js";
import { Tombstones } from "./tombstones.js";

export function decideOffsetDelete(
  state: Readonly<GroupsState>,
  { request, ticket }: { readonly request: OffsetDeleteCall; readonly ticket: Ticket<OffsetDeleteReply> },
): GroupDecision {
  const group = state.groups.get(request.groupId);
  if (group === undefined) {
    const body = { errorCode: errors.GROUP_ID_NOT_FOUND.code, topics: [] };
    return answer(reply(ticket, body, state.removalEndOffset));
  }
  const { membership } = group;
  // What other kinds of members read is not known, so none of it may be deleted under them.
  if (!hasNoMembers(group) && !hasConsumers(membership)) {
    return answer(reply(ticket, { errorCode: errors.NON_EMPTY_GROUP.code, topics: [] }, "at once"));
  }
  const { records } = tombstonesOf(group, request);
  const topics = request.topics.map(({ name, partitions }) => {
    const errorCode: ErrorCode = isSubscribed(membership, name)
      ? errors.GROUP_SUBSCRIBED_TO_TOPIC.code
      : errors.NONE.code;
    return { name, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })) };
  });
  const body = { errorCode: errors.NONE.code, topics };
  return decision({ records, replies: [reply(ticket, body, records.length > 0 ? "own records" : group.endOffset)] });
}

function hasConsumers(membership: Membership): boolean {
  return membership.kind === "consumer" || membership.live.protocolType === CONSUMER_PROTOCOL_TYPE;
}

function tombstonesOf(group: Group, request: OffsetDeleteCall): Tombstones {
  const tombstones = new Tombstones();
  for (const { name, partitions } of request.topics) {
    if (isSubscribed(group.membership, name)) continue;
    for (const { partitionIndex } of partitions) {
      const exists = group.offsets.get(name, partitionIndex) !== null || isPending(group, name, partitionIndex);
      if (exists) tombstones.offset(group.id, name, partitionIndex);
    }
  }
  return tombstones;
}
