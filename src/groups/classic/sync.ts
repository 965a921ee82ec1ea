/** SyncGroup: the leader hands in the assignment, every member receives its part. */
import { reply, type Ticket } from "../../coordination/state-machine.js";
import { unreachable } from "../../lib/invariant.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { SyncGroupCall, SyncGroupReply } from "../calls.js";
import { draftOf } from "../consumer/draft.js";
import { answer, type Circumstances, type GroupDecision } from "../group-types.js";
import type { GroupsState } from "../groups-state.js";
import { classicGroupNamed, type GroupOfClassic } from "../membership.js";
import { syncAsClassicMember } from "../migration/classic-sync.js";
import { ownBytes } from "../own-bytes.js";
import { syncError, synced } from "./answers.js";
import { type ClassicGroup, type CompletingRebalance, noBytes, type Stable } from "./classic-group.js";
import { Draft } from "./draft.js";
import { memberError, minusOne, plus } from "./members.js";
import { prepareRebalance, removeMembers } from "./rebalance.js";

export interface Sync {
  readonly request: SyncGroupCall;
  readonly ticket: Ticket<SyncGroupReply>;
}

export function decideSync(state: Readonly<GroupsState>, sync: Sync, circumstances: Circumstances): GroupDecision {
  const { request, ticket } = sync;
  const named = state.groups.get(request.groupId);
  if (named?.membership.kind === "consumer") {
    return syncAsClassicMember(draftOf(state, named.id, named.membership, circumstances), sync, named.endOffset);
  }
  const group = classicGroupNamed(state, request.groupId);
  const error = syncErrorOf(group, request);
  if (error !== null || group === undefined) {
    return answer(reply(ticket, syncError(error ?? errors.UNKNOWN_MEMBER_ID.code), "at once"));
  }
  const draft = new Draft(group.id, group.membership.live, circumstances);
  syncGroup(draft, sync, group.endOffset);
  return draft.decision();
}

function syncErrorOf(group: GroupOfClassic | undefined, request: SyncGroupCall): ErrorCode | null {
  if (request.groupId === "") return errors.INVALID_GROUP_ID.code;
  if (group === undefined) return errors.UNKNOWN_MEMBER_ID.code;
  const { live } = group.membership;
  if (live.state === "Empty") return errors.UNKNOWN_MEMBER_ID.code;
  const error = memberError(live, request.memberId, request.groupInstanceId);
  if (error !== null) return error;
  if (request.generationId !== live.generation) return errors.ILLEGAL_GENERATION.code;
  // KIP-559: a member that thinks of another protocol than the group would misread its assignment.
  if (differs(request.protocolType, live.protocolType) || differs(request.protocolName, live.protocol)) {
    return errors.INCONSISTENT_GROUP_PROTOCOL.code;
  }
  return null;
}

function differs(told: string | null, known: string | null): boolean {
  return told !== null && known !== null && told !== known;
}

function syncGroup(draft: Draft, { request, ticket }: Sync, groupEndOffset: number): void {
  const { group } = draft;
  const { memberId } = request;
  switch (group.state) {
    case "Empty":
      draft.answer(ticket, syncError(errors.UNKNOWN_MEMBER_ID.code));
      break;
    case "PreparingRebalance":
      draft.answer(ticket, syncError(errors.REBALANCE_IN_PROGRESS.code));
      break;
    case "CompletingRebalance": {
      // Kafka forgets the request that was parked before; here none stays without an answer.
      draft.answer(group.synced.get(memberId), syncError(errors.REBALANCE_IN_PROGRESS.code));
      const next = { ...group, synced: plus(group.synced, memberId, ticket) };
      draft.group = next;
      if (memberId === group.leader) assign(draft, next, request.assignments);
      break;
    }
    case "Stable":
      draft.group = withSynced(group, memberId);
      // It comes late, perhaps near the end of the session that began with the answer to its join: it is alive.
      draft.startSession(memberId, group.members.get(memberId)?.sessionTimeoutMs ?? 0);
      draft.answer(ticket, synced(group, memberId), groupEndOffset);
      break;
    default:
      unreachable(group);
  }
}

/** The leader's word makes the group stable. Who was not thought of is assigned nothing. */
function assign(draft: Draft, group: CompletingRebalance, assignments: SyncGroupCall["assignments"]): void {
  const byMember = new Map(assignments.map(({ memberId, assignment }) => [memberId, assignment]));
  const { generation, protocolType, protocol, pendingMembers, subscribedTopics, leader, synced: waiting } = group;
  const members = new Map(
    [...group.members].map(([id, member]) => [id, { ...member, assignment: ownBytes(byMember.get(id) ?? noBytes) }]),
  );
  const unsynced = new Set([...members.keys()].filter((id) => !waiting.has(id)));
  const stable: Stable = {
    state: "Stable",
    generation,
    protocolType,
    protocol,
    pendingMembers,
    subscribedTopics,
    stateSinceMs: draft.now.wallMs,
    members,
    leader,
    unsynced: unsynced.size === 0 ? null : { members: unsynced, deadlineMs: group.deadlineMs },
  };
  draft.group = stable;
  draft.write(stable, group.stateSinceMs);
  for (const [id, ticket] of waiting) {
    draft.startSession(id, members.get(id)?.sessionTimeoutMs ?? 0);
    draft.answer(ticket, synced(stable, id), "own records");
  }
}

function withSynced(group: Stable, memberId: string): Stable {
  if (group.unsynced === null) return group;
  const { deadlineMs } = group.unsynced;
  const members = minusOne(group.unsynced.members, memberId);
  return { ...group, unsynced: members.size === 0 ? null : { members, deadlineMs } };
}

/** Who joined a generation and never asked for its assignment is not there: the others share the work without it. */
export function syncDeadlinePassed(draft: Draft, group: CompletingRebalance | Stable): void {
  removeMembers(draft, unsyncedOf(group));
}

function unsyncedOf(group: CompletingRebalance | Stable): ReadonlySet<string> {
  if (group.state === "Stable") return group.unsynced?.members ?? new Set();
  return new Set([...group.members.keys()].filter((id) => !group.synced.has(id)));
}

/** The log refused the assignment, and those who waited for it know. */
export function decideRefusedSync(group: GroupOfClassic, circumstances: Circumstances): GroupDecision {
  const live: ClassicGroup = group.membership.live;
  const draft = new Draft(group.id, live, circumstances);
  if (live.state === "CompletingRebalance") prepareRebalance(draft, live, live.members, new Map());
  return draft.decision();
}
