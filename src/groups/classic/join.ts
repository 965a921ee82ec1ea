/** JoinGroup: a member asks to take part in the next generation. */
import { reply } from "../../coordination/state-machine.js";
import { unreachable } from "../../lib/invariant.js";
import { errors } from "../../protocol/errors.js";
import { STRING_BYTES_MAX } from "../../protocol/wire/reader.js";
import type { JoinGroupCall, JoinGroupReply } from "../calls.js";
import { draftOf } from "../consumer/draft.js";
import type { ConsumerMembership } from "../consumer/life.js";
import { groupTombstones } from "../consumer/records.js";
import { type Asked, answer, type Circumstances, type GroupDecision } from "../group-types.js";
import type { GroupsState } from "../groups-state.js";
import { isClassic } from "../membership.js";
import { joinAsClassicMember } from "../migration/classic-join.js";
import { joinError, joined } from "./answers.js";
import { type ClassicGroup, type Empty, emptyGroup, type Member, membersOf, noBytes } from "./classic-group.js";
import { Draft } from "./draft.js";
import { hasProtocols, ownProtocols, supportsProtocols } from "./member-protocols.js";
import { memberError, memberOfInstance } from "./members.js";
import { forgetPendingMember, rememberPendingMember } from "./pending-members.js";
import { addMember, completeUnlessDelayed, rejoin, removeMembers } from "./rebalance.js";
import { replaceStaticMember } from "./static-member.js";

/** From this version on a new member learns its id before it joins (KIP-394). */
const MEMBER_ID_REQUIRED_SINCE = 4;

type Join = Asked<JoinGroupCall, JoinGroupReply>;

export function decideJoin(state: Readonly<GroupsState>, join: Join, circumstances: Circumstances): GroupDecision {
  const { request, ticket } = join;
  const { groupId, memberId, sessionTimeoutMs } = request;
  const { groupMinSessionTimeoutMs, groupMaxSessionTimeoutMs } = circumstances.config;
  if (groupId === "") return answer(reply(ticket, joinError(errors.INVALID_GROUP_ID.code, memberId), "at once"));
  if (sessionTimeoutMs < groupMinSessionTimeoutMs || sessionTimeoutMs > groupMaxSessionTimeoutMs) {
    return answer(reply(ticket, joinError(errors.INVALID_SESSION_TIMEOUT.code, memberId), "at once"));
  }
  if (memberId === "" && Buffer.byteLength(newMemberId(request)) > STRING_BYTES_MAX) {
    // Kafka finds out when it cannot write the id, and answers UNKNOWN_SERVER_ERROR: as if the fault were its own.
    return answer(reply(ticket, joinError(errors.INVALID_REQUEST.code, memberId), "at once"));
  }
  const group = state.groups.get(groupId);
  if (group?.membership.kind === "consumer") return joinConsumerGroup(state, group.membership, join, circumstances);
  if (group !== undefined && isClassic(group)) {
    const draft = new Draft(groupId, group.membership.live, circumstances);
    joinGroup(draft, join);
    return draft.decision();
  }
  if (memberId !== "") return answer(reply(ticket, joinError(errors.UNKNOWN_MEMBER_ID.code, memberId), "at once"));
  return createAndJoin(join, circumstances);
}

/** A group that has no members becomes a classic one just so. */
function joinConsumerGroup(
  state: Readonly<GroupsState>,
  membership: ConsumerMembership,
  join: Join,
  circumstances: Circumstances,
): GroupDecision {
  const { groupId, memberId } = join.request;
  const { group } = membership;
  if (group.members.size > 0) return joinAsClassicMember(draftOf(state, groupId, membership, circumstances), join);
  if (memberId !== "") return answer(reply(join.ticket, joinError(errors.UNKNOWN_MEMBER_ID.code, memberId), "at once"));
  const created = createAndJoin(join, circumstances);
  return { ...created, records: [...groupTombstones(groupId, group), ...created.records] };
}

/** Like Kafka, writes a new group down before its first generation, so that it is listed wherever the log is loaded. */
function createAndJoin(join: Join, circumstances: Circumstances): GroupDecision {
  const group: Empty = { ...emptyGroup, stateSinceMs: circumstances.now.wallMs };
  const draft = new Draft(join.request.groupId, group, circumstances);
  draft.write(group, group.stateSinceMs);
  joinGroup(draft, join);
  return draft.decision();
}

function joinGroup(draft: Draft, join: Join): void {
  const { request, ticket } = join;
  const { memberId } = request;
  if (!hasRoomFor(draft.group, memberId, draft.config.groupMaxSize)) {
    draft.answer(ticket, joinError(errors.GROUP_MAX_SIZE_REACHED.code, ""));
    forget(draft, memberId);
  } else if (!supportsProtocols(draft.group, request)) {
    draft.answer(ticket, joinError(errors.INCONSISTENT_GROUP_PROTOCOL.code, memberId));
  } else if (memberId === "") {
    joinAsNewMember(draft, join);
  } else if (draft.group.pendingMembers.has(memberId) && request.groupInstanceId === null) {
    addMember(draft, newMember(memberId, request), request.protocolType, ticket);
  } else {
    joinAsKnownMember(draft, join);
  }
}

/** While a rebalance goes on, those who come first have the places: who rejoins too late may find none. */
function hasRoomFor(group: ClassicGroup, memberId: string, groupMaxSize: number): boolean {
  switch (group.state) {
    case "Empty":
      return true;
    case "PreparingRebalance":
      return group.joined.has(memberId) || group.joined.size < groupMaxSize;
    case "CompletingRebalance":
    case "Stable":
      return group.members.has(memberId) || group.members.size < groupMaxSize;
    default:
      return unreachable(group);
  }
}

/** Kafka lets those who have joined wait for the rebalance timeout; here they go on, since nobody is missing any more. */
function forget(draft: Draft, memberId: string): void {
  forgetPendingMember(draft, memberId);
  if (membersOf(draft.group).has(memberId)) removeMembers(draft, new Set([memberId]));
  completeUnlessDelayed(draft);
}

function joinAsNewMember(draft: Draft, join: Join): void {
  const { request, ticket } = join;
  const { groupInstanceId } = request;
  const memberId = newMemberId(request);
  if (groupInstanceId !== null) {
    const before = memberOfInstance(membersOf(draft.group), groupInstanceId);
    if (before !== null) replaceStaticMember(draft, before, newMember(memberId, request), join);
    else addMember(draft, newMember(memberId, request), request.protocolType, ticket);
  } else if (request.apiVersion >= MEMBER_ID_REQUIRED_SINCE) {
    rememberPendingMember(draft, memberId, request.sessionTimeoutMs);
    draft.answer(ticket, joinError(errors.MEMBER_ID_REQUIRED.code, memberId));
  } else {
    addMember(draft, newMember(memberId, request), request.protocolType, ticket);
  }
}

function newMemberId({ groupInstanceId, clientId, freshUuid }: JoinGroupCall): string {
  return `${groupInstanceId ?? clientId}-${freshUuid}`;
}

function newMember(id: string, request: JoinGroupCall): Member {
  return {
    id,
    instanceId: request.groupInstanceId,
    clientId: request.clientId,
    clientHost: request.clientHost,
    ...wishesOf(request),
    assignment: noBytes,
  };
}

/** What a member may say anew with every join. Before KIP-62 there was only one timeout. */
function wishesOf({ apiVersion, sessionTimeoutMs, rebalanceTimeoutMs, protocols }: JoinGroupCall) {
  return {
    sessionTimeoutMs,
    rebalanceTimeoutMs: apiVersion === 0 ? sessionTimeoutMs : rebalanceTimeoutMs,
    protocols: ownProtocols(protocols),
  };
}

function joinAsKnownMember(draft: Draft, { request, ticket }: Join): void {
  const { group } = draft;
  const { memberId, groupInstanceId, protocols } = request;
  const error = memberError(group, memberId, groupInstanceId);
  const member = membersOf(group).get(memberId);
  if (error !== null) {
    draft.answer(ticket, joinError(error, memberId));
  } else if (group.state === "Empty" || member === undefined) {
    draft.answer(ticket, joinError(errors.UNKNOWN_MEMBER_ID.code, memberId));
  } else if (
    group.state !== "PreparingRebalance" &&
    hasProtocols(member, protocols) &&
    !mayForceRebalance(group, memberId)
  ) {
    // It missed the answer to its join, or asks without need: this is the generation that it is part of.
    draft.answer(ticket, joined(group, memberId));
  } else {
    rejoin(draft, group, { ...member, ...wishesOf(request) }, ticket);
  }
}

/** The leader joins again when it sees that the topics have changed. */
function mayForceRebalance(group: ClassicGroup, memberId: string): boolean {
  return group.state === "Stable" && group.leader === memberId;
}
