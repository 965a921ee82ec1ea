/** The state of a shard as plain values that tests can compare, and what must always be true of it. */
import { expect } from "vitest";
import type { Ticket } from "../coordination/state-machine.js";
import { membersOf } from "./classic/classic-group.js";
import { groupDeadlineMs } from "./classic/deadline.js";
import type { ClassicMembership, GroupsState, Membership } from "./groups-state.js";

export function classicMembership(state: GroupsState, groupId = "g"): ClassicMembership | undefined {
  const membership = state.groups.get(groupId)?.membership;
  return membership?.kind === "classic" ? membership : undefined;
}

function classicMemberships(state: GroupsState): ClassicMembership[] {
  return [...state.groups.values()].flatMap(({ membership }) => (membership.kind === "classic" ? [membership] : []));
}

function loggedMembership(membership: Membership) {
  return membership.kind === "classic" ? membership.logged : membership.group;
}

/** What the log says: replaying it must give the same. */
export function loggedHalf(state: GroupsState) {
  return {
    endOffset: state.endOffset,
    removalEndOffset: state.removalEndOffset,
    openTransactions: [...state.openTransactions].map(([producerId, groups]) => [producerId, [...groups]]),
    groups: [...state.groups.values()].map((group) => ({
      id: group.id,
      endOffset: group.endOffset,
      offsets: [...group.offsets.entries()],
      pendingOffsets: [...group.pendingOffsets].map(([producerId, table]) => [producerId, [...table.entries()]]),
      logged: loggedMembership(group.membership),
    })),
  };
}

/** The ids of the tickets that some group will answer. */
export function parkedTickets(state: GroupsState): Set<number> {
  const tickets = classicMemberships(state).flatMap<Ticket | null>(({ live }) => {
    if (live.state === "PreparingRebalance") return [...live.joined.values()].map(({ ticket }) => ticket);
    return live.state === "CompletingRebalance" ? [...live.synced.values()] : [];
  });
  const joining = [...state.groups.values()].flatMap<Ticket>(({ membership }) =>
    membership.kind === "consumer" ? [...membership.life.joining.values()].map(({ ticket }) => ticket) : [],
  );
  return new Set([...joining, ...tickets].flatMap((ticket) => (ticket === null ? [] : [ticket.id])));
}

/** All of it. A decision must leave it as it is. */
export function wholeState(state: GroupsState): string {
  const unlogged = {
    first: state.deadlines.first(),
    topicsToForget: state.topicsToForget,
    nextExpiryMs: state.nextExpiryMs,
    metadata: state.metadata,
    nextErrand: state.nextErrand,
    lives: [...state.groups.values()].map(({ membership }) => membership),
  };
  return JSON.stringify([loggedHalf(state), unlogged], (_key, value) => {
    if (value instanceof Map || value instanceof Set) return [...value];
    return typeof value === "bigint" ? String(value) : value;
  });
}

/** No session and no other duty of a member ends before the group is looked through for those that are late. */
export function expectNoDutyOverlooked(state: GroupsState): void {
  for (const { membership } of state.groups.values()) {
    const { dueMs, duties } = dutiesOf(membership);
    for (const untilMs of duties.flatMap((each) => [...each.values()])) {
      expect(dueMs).toBeLessThanOrEqual(untilMs);
      expect(state.deadlines.first()?.dueMs).toBeLessThanOrEqual(untilMs);
    }
  }
}

function dutiesOf(membership: Membership) {
  if (membership.kind === "classic") return { dueMs: membership.sessionsDueMs, duties: [membership.sessions] };
  const { dutiesDueMs, sessions, revocations, rejoins, syncs } = membership.life;
  return { dueMs: dutiesDueMs, duties: [sessions, revocations, rejoins, syncs] };
}

export function expectConsistent(state: GroupsState): void {
  expectNoDutyOverlooked(state);
  const deadlines = classicMemberships(state).map((membership) => groupDeadlineMs(membership) ?? Infinity);
  const earliest = Math.min(...deadlines);
  if (Number.isFinite(earliest)) expect(state.deadlines.first()?.dueMs).toBeLessThanOrEqual(earliest);
  for (const membership of classicMemberships(state)) expectConsistentGroup(membership);
}

function expectConsistentGroup({ live, logged, sessions }: ClassicMembership): void {
  const members = membersOf(live);
  const ids = new Set(members.keys());
  for (const [id, member] of members) expect(member.id).toBe(id);
  for (const id of live.pendingMembers) expect(ids).not.toContain(id);
  for (const id of sessions.keys()) expect(ids.has(id) || live.pendingMembers.has(id)).toBe(true);
  const waiting =
    live.state === "PreparingRebalance" ? live.joined : live.state === "CompletingRebalance" ? live.synced : new Map();
  for (const id of waiting.keys()) expect(ids).toContain(id);
  for (const id of ids) expect(sessions.has(id) || waiting.has(id)).toBe(true);
  const instances = [...members.values()].flatMap(({ instanceId }) => (instanceId === null ? [] : [instanceId]));
  expect(new Set(instances).size).toBe(instances.length);
  expect(live.generation).toBeGreaterThanOrEqual(logged?.generation ?? 0);
  if (live.state === "Empty" || live.state === "PreparingRebalance") return;
  expect(ids).toContain(live.leader);
  for (const { protocols } of members.values()) expect(protocols.map(({ name }) => name)).toContain(live.protocol);
  if (live.state === "CompletingRebalance") return;
  for (const id of live.unsynced?.members ?? []) expect(ids).toContain(id);
  const { generation, protocol, protocolType, leader } = live;
  expect(logged).toMatchObject({ generation, protocol, protocolType, leader });
  const ofLive = [...members.values()].map(({ id, assignment }) => [id, Buffer.from(assignment)]);
  expect(logged?.members.map(({ memberId, assignment }) => [memberId, Buffer.from(assignment)])).toEqual(ofLive);
}
