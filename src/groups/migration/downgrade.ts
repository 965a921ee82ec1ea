/**
 * A consumer group becomes a classic one when the last member of the consumer protocol has gone: those who stay take their
 * targets with them, and elect a leader who assigns anew.
 */
import type { Reply } from "../../coordination/state-machine.js";
import { errors } from "../../protocol/errors.js";
import { type Joined, type Member, metadataOf, noBytes, type Stable } from "../classic/classic-group.js";
import { Draft as ClassicDraft } from "../classic/draft.js";
import { selectProtocol } from "../classic/member-protocols.js";
import { firstKey } from "../classic/members.js";
import { prepareRebalance } from "../classic/rebalance.js";
import { CONSUMER_PROTOCOL_TYPE, subscribedTopicsOf } from "../classic/subscription.js";
import type { ConsumerMember } from "../consumer/consumer-group.js";
import type { Draft } from "../consumer/draft.js";
import { refusalOf } from "../consumer/members/parked-join.js";
import { groupTombstones, memberTombstones } from "../consumer/records.js";
import type { GroupConfig } from "../group-config.js";
import type { GroupDecision } from "../group-types.js";
import { type ClassicMember, isClassicMember } from "./classic-member.js";
import { assignmentBytes, embeddedVersion } from "./embedded-protocol.js";

/** The classic group that these members of the group make up; null when it has to stay what it is. */
export function downgraded(draft: Draft, staying: readonly ConsumerMember[]): Stable | null {
  const classic = staying.filter(isClassicMember);
  if (classic.length < staying.length || !mayDowngrade(draft.config, staying.length)) return null;
  const members = new Map(classic.map((member) => [member.id, downgradedMember(member)]));
  const leader = firstKey(members);
  if (leader === null) return null;
  const protocol = selectProtocol(members);
  const withTargets = withAssignments(draft, members, protocol);
  if (withTargets === null) return null;
  return {
    state: "Stable",
    generation: draft.group.epoch,
    protocolType: CONSUMER_PROTOCOL_TYPE,
    protocol,
    pendingMembers: new Set(),
    subscribedTopics: subscribedTopicsOf(CONSUMER_PROTOCOL_TYPE, protocol, members),
    stateSinceMs: draft.now.wallMs,
    members: withTargets,
    leader,
    unsynced: null,
  };
}

function mayDowngrade({ consumer: { migrationPolicy }, groupMaxSize }: GroupConfig, memberCount: number): boolean {
  const isAllowed = migrationPolicy === "bidirectional" || migrationPolicy === "downgrade";
  return isAllowed && memberCount <= groupMaxSize;
}

function downgradedMember(member: ClassicMember): Member {
  return {
    id: member.id,
    instanceId: member.instanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    sessionTimeoutMs: member.classic.sessionTimeoutMs,
    protocols: member.classic.supportedProtocols,
    assignment: noBytes,
  };
}

/** Null: a member does not say in which version it would understand its assignment. */
function withAssignments(draft: Draft, members: Stable["members"], protocol: string): Map<string, Member> | null {
  const assigned = new Map<string, Member>();
  for (const [id, member] of members) {
    const version = embeddedVersion(metadataOf(member, protocol));
    if (version === null) return null;
    const assignment = assignmentBytes(draft.targetOf(id), version, draft.metadata);
    assigned.set(id, { ...member, assignment });
  }
  return assigned;
}

/** Null for `joined`: no rebalance is needed. Whatever else the draft was to write is not part of it. */
export function decideDowngrade(draft: Draft, group: Stable, joined: Joined | null): GroupDecision {
  const { groupId, life, now, config } = draft;
  const classic = new ClassicDraft(groupId, group, { now, config });
  classic.write(group, group.stateSinceMs);
  for (const { id, sessionTimeoutMs } of group.members.values()) classic.startSession(id, sessionTimeoutMs);
  if (joined !== null) prepareRebalance(classic, group, group.members, joined);
  const { records, replies, ...rest } = classic.decision();
  const tombstones = [
    ...[...draft.group.members.keys()].flatMap((memberId) => memberTombstones(groupId, memberId)),
    ...groupTombstones(groupId, draft.group),
  ];
  return { ...rest, records: [...tombstones, ...records], replies: [...replies, ...refusals(group, life.joining)] };
}

/** Those who stay join once more, and then the classic group. */
function refusals(group: Stable, joining: Draft["life"]["joining"]): Reply[] {
  return [...joining].map(([memberId, join]) => {
    const { code: errorCode } = group.members.has(memberId) ? errors.REBALANCE_IN_PROGRESS : errors.UNKNOWN_MEMBER_ID;
    return refusalOf(
      join,
      memberId,
      { errorCode, errorMessage: "The group has become a classic group." },
      "own records",
    );
  });
}
