/** A classic group as it goes on living after its log was loaded: the last generation, and every session anew. */
import type { Circumstances, GroupDecision } from "../group-types.js";
import type { LoggedGroup } from "../records/group-record.js";
import { type ClassicGroup, emptyGroup, type Member } from "./classic-group.js";
import { Draft } from "./draft.js";
import { prepareRebalance } from "./rebalance.js";
import { subscribedTopicsOf } from "./subscription.js";

export function decideLoadedGroup(
  groupId: string,
  logged: LoggedGroup | null,
  circumstances: Circumstances,
): GroupDecision {
  const draft = new Draft(groupId, loadedGroup(logged), circumstances);
  const { group } = draft;
  if (group.state === "Stable") {
    for (const { id, sessionTimeoutMs } of group.members.values()) draft.startSession(id, sessionTimeoutMs);
    // The limit was lowered. Members rejoin, as many as have room, and commit their offsets before.
    if (group.members.size > circumstances.config.groupMaxSize) {
      prepareRebalance(draft, group, group.members, new Map());
    }
  }
  return draft.decision();
}

function loadedGroup(logged: LoggedGroup | null): ClassicGroup {
  if (logged === null) return emptyGroup;
  const protocolType = logged.protocolType === "" ? null : logged.protocolType;
  const protocol = logged.protocol ?? "";
  const members = new Map(logged.members.map((member) => [member.memberId, loadedMember(member, protocol)]));
  const base = {
    generation: logged.generation,
    pendingMembers: new Set<string>(),
    subscribedTopics: subscribedTopicsOf(protocolType, logged.protocol, members),
    stateSinceMs: logged.currentStateTimestamp === -1 ? null : logged.currentStateTimestamp,
  };
  const [first] = members.keys();
  if (first === undefined) return { ...base, state: "Empty", protocolType };
  const leader = logged.leader !== null && members.has(logged.leader) ? logged.leader : first;
  return { ...base, state: "Stable", protocolType: protocolType ?? "", protocol, members, leader, unsynced: null };
}

/** Of what a member can speak, the log only knows the protocol of the generation. */
function loadedMember(logged: LoggedGroup["members"][number], protocol: string): Member {
  return {
    id: logged.memberId,
    instanceId: logged.groupInstanceId,
    clientId: logged.clientId,
    clientHost: logged.clientHost,
    sessionTimeoutMs: logged.sessionTimeout,
    rebalanceTimeoutMs: logged.rebalanceTimeout === -1 ? logged.sessionTimeout : logged.rebalanceTimeout,
    protocols: [{ name: protocol, metadata: logged.subscription }],
    assignment: logged.assignment,
  };
}
