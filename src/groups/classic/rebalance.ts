/** From one generation to the next: who takes part, when to go on without the others, who leads. */
import type { Ticket } from "../../coordination/state-machine.js";
import { unreachable } from "../../lib/invariant.js";
import { errors } from "../../protocol/errors.js";
import type { JoinGroupReply } from "../calls.js";
import { joinError, joined as joinedAnswer, syncError } from "./answers.js";
import {
  type CompletingRebalance,
  type Empty,
  type InitialDelay,
  type Joined,
  type Member,
  type Members,
  noBytes,
  type PreparingRebalance,
  type Stable,
} from "./classic-group.js";
import type { Draft } from "./draft.js";
import { selectProtocol } from "./member-protocols.js";
import { firstKey, minus, minusOne, plus, rebalanceTimeoutMs } from "./members.js";
import { subscribedTopicsOf } from "./subscription.js";

/**
 * How long the join of a member that never had an answer is kept: it has no id to send heartbeats with, and a client that
 * gave up may have come back under another id.
 */
const NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60 * 1000;

/** Members may say that they need no time at all to join; looking for them all the time helps nobody. */
const WAIT_MIN_MS = 100;

export function addMember(draft: Draft, member: Member, protocolType: string, ticket: Ticket<JoinGroupReply>): void {
  const pendingMembers = minusOne(draft.group.pendingMembers, member.id);
  const group = { ...draft.group, pendingMembers };
  const parked = { ticket, isNew: true };
  draft.startSession(member.id, NEW_MEMBER_JOIN_TIMEOUT_MS);
  switch (group.state) {
    case "Empty":
      beginFirstRebalance(draft, group, member, protocolType, new Map([[member.id, parked]]));
      break;
    case "PreparingRebalance":
      draft.group = {
        ...group,
        members: plus(group.members, member.id, member),
        leader: group.leader ?? member.id,
        joined: plus(group.joined, member.id, parked),
        initialDelay: group.initialDelay === null ? null : { ...group.initialDelay, memberAdded: true },
      };
      completeUnlessDelayed(draft);
      break;
    case "CompletingRebalance":
    case "Stable":
      prepareRebalance(draft, group, plus(group.members, member.id, member), new Map([[member.id, parked]]));
      break;
    default:
      unreachable(group);
  }
}

/** A member joins again, perhaps with other protocols. */
export function rejoin(
  draft: Draft,
  group: PreparingRebalance | CompletingRebalance | Stable,
  member: Member,
  ticket: Ticket<JoinGroupReply>,
): void {
  const members = plus(group.members, member.id, member);
  if (group.state === "PreparingRebalance") {
    const before = group.joined.get(member.id);
    // Kafka forgets the request that was parked before; here none stays without an answer.
    draft.answer(before?.ticket, joinError(errors.REBALANCE_IN_PROGRESS.code, member.id));
    const joined = plus(group.joined, member.id, { ticket, isNew: before?.isNew ?? false });
    draft.group = { ...group, members, joined };
    completeUnlessDelayed(draft);
  } else {
    prepareRebalance(draft, group, members, new Map([[member.id, { ticket, isNew: false }]]));
  }
}

/** Takes members out of the group, which rebalances; a rebalance that is under way is not completed here. */
export function removeMembers(draft: Draft, ids: ReadonlySet<string>): void {
  const { group } = draft;
  if (group.state === "Empty" || ids.size === 0) return;
  for (const id of ids) draft.endSession(id);
  const members = minus(group.members, ids);
  if (group.state === "PreparingRebalance") {
    for (const id of ids) draft.answer(group.joined.get(id)?.ticket, joinError(errors.UNKNOWN_MEMBER_ID.code, ""));
    draft.group = { ...group, members, joined: minus(group.joined, ids), leader: leaderAmong(members, group.leader) };
  } else {
    prepareRebalance(draft, group, members, new Map());
  }
}

/** Everybody has to join again. Those who wait for an assignment will not get it. */
export function prepareRebalance(
  draft: Draft,
  group: CompletingRebalance | Stable,
  members: Members,
  joined: Joined,
): void {
  const { generation, protocolType, protocol, pendingMembers, subscribedTopics } = group;
  const { now } = draft;
  draft.group = {
    state: "PreparingRebalance",
    generation,
    protocolType,
    protocol,
    pendingMembers,
    subscribedTopics,
    stateSinceMs: now.wallMs,
    members: group.state === "CompletingRebalance" ? withoutAssignment(draft, group, members) : members,
    leader: leaderAmong(members, group.leader),
    joined,
    deadlineMs: now.monotonicMs + rebalanceTimeoutMs(members),
    initialDelay: null,
  };
  completeIfAllJoined(draft);
}

function withoutAssignment(draft: Draft, group: CompletingRebalance, members: Members): Members {
  for (const [id, ticket] of group.synced) {
    const member = members.get(id);
    if (member !== undefined) draft.startSession(id, member.sessionTimeoutMs);
    const error = member === undefined ? errors.UNKNOWN_MEMBER_ID : errors.REBALANCE_IN_PROGRESS;
    draft.answer(ticket, syncError(error.code));
  }
  return new Map([...members].map(([id, member]) => [id, { ...member, assignment: noBytes }]));
}

function beginFirstRebalance(draft: Draft, group: Empty, member: Member, protocolType: string, joined: Joined): void {
  const { generation, pendingMembers, subscribedTopics } = group;
  const { now, config } = draft;
  const delayMs = config.groupInitialRebalanceDelayMs;
  draft.group = {
    state: "PreparingRebalance",
    generation,
    protocolType,
    protocol: null,
    pendingMembers,
    subscribedTopics,
    stateSinceMs: now.wallMs,
    members: new Map([[member.id, member]]),
    leader: member.id,
    joined,
    deadlineMs: now.monotonicMs + delayMs,
    initialDelay: { delayMs, remainingMs: Math.max(member.rebalanceTimeoutMs - delayMs, 0), memberAdded: false },
  };
}

/** Those who have not joined had their time. */
export function joinDeadlinePassed(draft: Draft, group: PreparingRebalance): void {
  const { initialDelay } = group;
  if (initialDelay?.memberAdded && initialDelay.remainingMs !== 0) extendDelay(draft, group, initialDelay);
  else completeJoin(draft, group);
}

function extendDelay(draft: Draft, group: PreparingRebalance, before: InitialDelay): void {
  const delayMs = Math.min(draft.config.groupInitialRebalanceDelayMs, before.remainingMs);
  const remainingMs = Math.max(before.remainingMs - before.delayMs, 0);
  const deadlineMs = draft.now.monotonicMs + delayMs;
  draft.group = { ...group, deadlineMs, initialDelay: { delayMs, remainingMs, memberAdded: false } };
}

/** The first rebalance lasts as long as its delay, so that more members may come. */
export function completeUnlessDelayed(draft: Draft): void {
  const { group } = draft;
  if (group.state === "PreparingRebalance" && group.initialDelay === null) completeIfAllJoined(draft);
}

export function completeIfAllJoined(draft: Draft): void {
  const { group } = draft;
  if (group.state !== "PreparingRebalance") return;
  if (group.joined.size === group.members.size && group.pendingMembers.size === 0) completeJoin(draft, group);
}

/** Goes on with those who have joined, and with static members, who may be restarting. */
function completeJoin(draft: Draft, group: PreparingRebalance): void {
  const absent = [...group.members.values()].filter(
    ({ id, instanceId }) => instanceId === null && !group.joined.has(id),
  );
  for (const { id } of absent) draft.endSession(id);
  const members = minus(group.members, new Set(absent.map(({ id }) => id)));
  const leader = joinedLeader(members, group);
  if (members.size === 0) becomeEmpty(draft, group);
  else if (leader === null) waitOn(draft, group, members);
  else beginGeneration(draft, group, members, leader);
}

/** Only static members are left, and none of them has joined: wait for one, or for their sessions to end. */
function waitOn(draft: Draft, group: PreparingRebalance, members: Members): void {
  const deadlineMs = draft.now.monotonicMs + Math.max(rebalanceTimeoutMs(members), WAIT_MIN_MS);
  draft.group = { ...group, members, leader: leaderAmong(members, group.leader), deadlineMs, initialDelay: null };
}

function beginGeneration(draft: Draft, group: PreparingRebalance, members: Members, leader: string): void {
  const { protocolType, pendingMembers } = group;
  const { now } = draft;
  const protocol = selectProtocol(members);
  const next: CompletingRebalance = {
    state: "CompletingRebalance",
    generation: group.generation + 1,
    protocolType,
    protocol,
    pendingMembers,
    subscribedTopics: subscribedTopicsOf(protocolType, protocol, members),
    stateSinceMs: now.wallMs,
    members,
    leader,
    synced: new Map(),
    deadlineMs: now.monotonicMs + rebalanceTimeoutMs(members),
  };
  draft.group = next;
  for (const { id, sessionTimeoutMs } of members.values()) {
    draft.startSession(id, sessionTimeoutMs);
    draft.answer(group.joined.get(id)?.ticket, joinedAnswer(next, id));
  }
}

function becomeEmpty(draft: Draft, group: PreparingRebalance): void {
  const { protocolType, pendingMembers } = group;
  const next: Empty = {
    state: "Empty",
    generation: group.generation + 1,
    protocolType,
    pendingMembers,
    subscribedTopics: subscribedTopicsOf(protocolType, null, new Map()),
    stateSinceMs: draft.now.wallMs,
  };
  draft.group = next;
  draft.write(next, next.stateSinceMs);
}

/** The leader stays, if it has joined; else the first member that has. */
function joinedLeader(members: Members, { leader, joined }: PreparingRebalance): string | null {
  if (leader !== null && members.has(leader) && joined.has(leader)) return leader;
  for (const id of members.keys()) {
    if (joined.has(id)) return id;
  }
  return null;
}

function leaderAmong(members: Members, leader: string | null): string | null {
  return leader !== null && members.has(leader) ? leader : firstKey(members);
}
