/** DeleteGroups: an operator deletes groups that have no members, with all their offsets. */
import { reply, type Ticket } from "../coordination/state-machine.js";
import { errors } from "../protocol/errors.js";
import type { DeleteGroupsCall, DeleteGroupsReply } from "./calls.js";
import { decision, type GroupDecision } from "./group-types.js";
import type { GroupsState } from "./groups-state.js";
import { hasNoMembers } from "./membership.js";
import { offsetsOf, Tombstones } from "./offsets/tombstones.js";

export function decideDeleteGroups(
  state: Readonly<GroupsState>,
  { request, ticket }: { readonly request: DeleteGroupsCall; readonly ticket: Ticket<DeleteGroupsReply> },
): GroupDecision {
  const tombstones = new Tombstones();
  const results = request.groupIds.map((groupId) => {
    const group = state.groups.get(groupId);
    if (group === undefined) return { groupId, errorCode: errors.GROUP_ID_NOT_FOUND.code };
    if (!hasNoMembers(group)) return { groupId, errorCode: errors.NON_EMPTY_GROUP.code };
    for (const { topic, partition } of offsetsOf(group)) tombstones.offset(groupId, topic, partition);
    tombstones.group(group);
    return { groupId, errorCode: errors.NONE.code };
  });
  const { records } = tombstones;
  const after = records.length > 0 ? "own records" : state.removalEndOffset;
  return decision({ records, replies: [reply(ticket, results, after)] });
}
