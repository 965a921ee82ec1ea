/** DescribeGroups: state, protocol and members of classic groups. */
import { reply, type Ticket } from "../../coordination/state-machine.js";
import { errors } from "../../protocol/errors.js";
import type { DescribeGroupsCall, DescribeGroupsReply } from "../calls.js";
import { answer, type GroupDecision } from "../group-types.js";
import type { GroupsState } from "../groups-state.js";
import { isClassic } from "../membership.js";
import {
  type ClassicGroup,
  type ClassicGroupState,
  type Member,
  membersOf,
  metadataOf,
  noBytes,
} from "./classic-group.js";

type DescribedGroup = DescribeGroupsReply[number];

/** From this version on a group that is not there is an error (KIP-1043). */
const NOT_FOUND_SINCE = 6;

export function decideDescribe(
  state: Readonly<GroupsState>,
  { request, ticket }: { readonly request: DescribeGroupsCall; readonly ticket: Ticket<DescribeGroupsReply> },
): GroupDecision {
  let after = 0;
  const described = request.groupIds.map((groupId) => {
    const group = state.groups.get(groupId);
    after = Math.max(after, group?.endOffset ?? state.removalEndOffset);
    if (group !== undefined && isClassic(group)) return describe(groupId, group.membership.live);
    const why = group === undefined ? "not found" : "is not a classic group";
    return dead(groupId, request.apiVersion, `Group ${groupId} ${why}.`);
  });
  return answer(reply(ticket, described, after));
}

function dead(groupId: string, apiVersion: number, errorMessage: string): DescribedGroup {
  const groupState: ClassicGroupState = "Dead";
  const nothing = { groupId, groupState, protocolType: "", protocolData: "", members: [] };
  if (apiVersion < NOT_FOUND_SINCE) return { ...nothing, errorCode: errors.NONE.code };
  return { ...nothing, errorCode: errors.GROUP_ID_NOT_FOUND.code, errorMessage };
}

/** The protocol is settled, and with it what members say of themselves under it, only when the group is stable. */
function describe(groupId: string, group: ClassicGroup): DescribedGroup {
  const protocol = group.state === "Stable" ? group.protocol : null;
  return {
    errorCode: errors.NONE.code,
    groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? "",
    protocolData: protocol ?? "",
    members: [...membersOf(group).values()].map((member) => describeMember(member, protocol)),
  };
}

function describeMember(member: Member, protocol: string | null): DescribedGroup["members"][number] {
  return {
    memberId: member.id,
    groupInstanceId: member.instanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    memberMetadata: protocol === null ? noBytes : metadataOf(member, protocol),
    memberAssignment: member.assignment,
  };
}
