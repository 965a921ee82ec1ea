/** The answers to JoinGroup and SyncGroup. */
import type { ErrorCode } from "../../protocol/errors.js";
import { errors } from "../../protocol/errors.js";
import type { JoinGroupReply, SyncGroupReply } from "../calls.js";
import { type CompletingRebalance, metadataOf, noBytes, type Stable } from "./classic-group.js";

export function joinError(errorCode: ErrorCode, memberId: string): JoinGroupReply {
  return { errorCode, memberId, protocolName: null, leader: "", members: [] };
}

/** The member is part of the generation; the leader also learns who else is. */
export function joined(group: CompletingRebalance | Stable, memberId: string): JoinGroupReply {
  return {
    errorCode: errors.NONE.code,
    generationId: group.generation,
    protocolType: group.protocolType,
    protocolName: group.protocol,
    leader: group.leader,
    memberId,
    members: memberId === group.leader ? describedForLeader(group) : [],
  };
}

function describedForLeader({ members, protocol }: CompletingRebalance | Stable): JoinGroupReply["members"] {
  return [...members.values()].map((member) => ({
    memberId: member.id,
    groupInstanceId: member.instanceId,
    metadata: metadataOf(member, protocol),
  }));
}

export function syncError(errorCode: ErrorCode): SyncGroupReply {
  return { errorCode, assignment: noBytes };
}

export function synced(group: Stable, memberId: string): SyncGroupReply {
  return {
    errorCode: errors.NONE.code,
    protocolType: group.protocolType,
    protocolName: group.protocol,
    assignment: group.members.get(memberId)?.assignment ?? noBytes,
  };
}
