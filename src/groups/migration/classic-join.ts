/**
 * JoinGroup to a consumer group: a member of the classic protocol comes, joins once more, or takes the place of a static
 * member. It is answered when the group has an assignment for it; there is no generation that others have to join.
 */
import { reply } from "../../coordination/state-machine.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { JoinGroupCall, JoinGroupReply } from "../calls.js";
import { joinError } from "../classic/answers.js";
import { ownProtocols } from "../classic/member-protocols.js";
import { type ConsumerMember, hasArrived, newMember } from "../consumer/consumer-group.js";
import type { Draft } from "../consumer/draft.js";
import type { MemberDuty } from "../consumer/life.js";
import { takePlace } from "../consumer/members/join.js";
import type { Found } from "../consumer/members/known-member.js";
import { describeMember, moveOn } from "../consumer/members/member-steps.js";
import { parkJoin } from "../consumer/members/parked-join.js";
import { type Asked, answer, type GroupDecision } from "../group-types.js";
import { classicJoined } from "./classic-answers.js";
import { classicMemberError, supportsClassicProtocols } from "./classic-member.js";
import { decideDowngrade, downgraded } from "./downgrade.js";
import { type Subscription, subscriptionIn } from "./embedded-protocol.js";

/** From this version on a new member learns its id before it joins (KIP-394). */
const MEMBER_ID_REQUIRED_SINCE = 4;

/** What the member had to do before is not asked of it any more. */
const dutiesUntilJoined: readonly MemberDuty[] = ["revocation", "rejoin", "sync"];

type Join = Asked<JoinGroupCall, JoinGroupReply>;

export function joinAsClassicMember(draft: Draft, join: Join): GroupDecision {
  const { request, ticket } = join;
  const refusal = whyNot(draft, request);
  if (refusal !== null) return answer(reply(ticket, refusal, "at once"));
  const subscription = subscriptionIn(request.protocols[0]?.metadata ?? new Uint8Array(0), draft.metadata);
  if (subscription === null) return answer(reply(ticket, joinError(errors.UNKNOWN_SERVER_ERROR.code, ""), "at once"));
  const replaced = request.groupInstanceId === null ? undefined : draft.group.instances.get(request.groupInstanceId);
  const { member: before, isNew } = foundOrNew(draft, request, replaced);
  const member = asTheRequestSays(before, request, subscription);
  for (const type of dutiesUntilJoined) draft.touch({ type, memberId: member.id, untilMs: null });
  const hasNewTopics = describeMember(draft, before, member, isNew);
  return (
    downgradeInstead(draft, join, member, { replaced, reported: subscription.owned, hasNewTopics }) ??
    assign(draft, join, member, { reported: subscription.owned, hasNewTopics })
  );
}

function whyNot({ group, config }: Draft, request: JoinGroupCall): JoinGroupReply | null {
  const { memberId, groupInstanceId, protocolType, protocols, apiVersion, freshUuid } = request;
  const { migrationPolicy, groupMaxSize } = config.consumer;
  if (migrationPolicy === "disabled") return refused(errors.INCONSISTENT_GROUP_PROTOCOL.code);
  if (group.members.size >= groupMaxSize && !group.members.has(memberId)) {
    return refused(errors.GROUP_MAX_SIZE_REACHED.code);
  }
  if (!supportsClassicProtocols(group, protocolType, protocols)) {
    return refused(errors.INCONSISTENT_GROUP_PROTOCOL.code);
  }
  if (memberId === "") {
    const needsId = groupInstanceId === null && apiVersion >= MEMBER_ID_REQUIRED_SINCE;
    return needsId ? joinError(errors.MEMBER_ID_REQUIRED.code, freshUuid) : null;
  }
  // A dynamic member may come with any id: it was given out before, perhaps by the classic group.
  const error = groupInstanceId === null ? null : classicMemberError(group, memberId, groupInstanceId);
  return error === null ? null : refused(error);
}

function refused(errorCode: ErrorCode): JoinGroupReply {
  return joinError(errorCode, "");
}

function foundOrNew(draft: Draft, request: JoinGroupCall, ofInstance: string | undefined): Found {
  const memberId = request.memberId === "" ? request.freshUuid : request.memberId;
  const before = draft.group.members.get(ofInstance ?? memberId);
  if (before === undefined) return { member: newMember(memberId), isNew: true };
  return { member: before.id === memberId ? before : takePlace(draft, before, memberId), isNew: false };
}

/** Before KIP-62 there was only one timeout. */
function asTheRequestSays(before: ConsumerMember, request: JoinGroupCall, subscription: Subscription): ConsumerMember {
  const { apiVersion, sessionTimeoutMs, rebalanceTimeoutMs, clientId, clientHost, protocols } = request;
  return {
    ...before,
    instanceId: request.groupInstanceId ?? before.instanceId,
    rackId: subscription.rackId ?? before.rackId,
    rebalanceTimeoutMs: apiVersion === 0 ? sessionTimeoutMs : rebalanceTimeoutMs,
    topicNames: subscription.topicNames,
    topicRegex: "",
    clientId,
    clientHost,
    classic: { sessionTimeoutMs, supportedProtocols: ownProtocols(protocols) },
  };
}

interface Step {
  readonly reported: Subscription["owned"];
  readonly hasNewTopics: boolean;
}

/**
 * It takes the place of the last member of the consumer protocol. Where everybody has arrived at the target the others need
 * not even notice. Apache Kafka looks only at the target's epoch, and may leave a partition that was on its way with nobody.
 */
function downgradeInstead(
  draft: Draft,
  { ticket }: Join,
  member: ConsumerMember,
  { replaced, reported, hasNewTopics }: Step & { readonly replaced: string | undefined },
): GroupDecision | null {
  const before = replaced === undefined ? undefined : draft.group.members.get(replaced);
  if (before === undefined || before.classic !== null) return null;
  const group = downgraded(draft, [...draft.members()]);
  if (group === null) return null;
  const after = moveOn(draft, member, reported, hasNewTopics);
  const haveArrived = [...draft.members()].every((each) => hasArrived(each, draft.group));
  if (draft.epoch > draft.group.assignmentEpoch || !haveArrived) {
    return decideDowngrade(draft, group, new Map([[member.id, { ticket, isNew: false }]]));
  }
  const decided = decideDowngrade(draft, group, null);
  return { ...decided, replies: [...decided.replies, reply(ticket, classicJoined(after), "own records")] };
}

function assign(draft: Draft, { ticket }: Join, member: ConsumerMember, step: Step): GroupDecision {
  if (draft.epoch > draft.group.assignmentEpoch) {
    parkJoin(draft, member.id, { protocol: "classic", ticket, reported: step.reported });
    return draft.decision();
  }
  const after = moveOn(draft, member, step.reported, step.hasNewTopics);
  draft.restartSession(member);
  draft.expect("sync", member.id, member.rebalanceTimeoutMs);
  draft.answer(ticket, classicJoined(after), "own records");
  return draft.decision();
}
