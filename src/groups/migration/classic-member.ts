/**
 * Members of a consumer group that still speak the classic protocol. A group migrates member by member: meanwhile the
 * others join, sync and send heartbeats as before, and take their part of the group's own assignment.
 */
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { CONSUMER_PROTOCOL_TYPE } from "../classic/subscription.js";
import type { ClassicMemberMetadata, ConsumerGroup, ConsumerMember } from "../consumer/consumer-group.js";
import type { Draft } from "../consumer/draft.js";

export type ClassicMember = ConsumerMember & { readonly classic: ClassicMemberMetadata };

export function isClassicMember(member: ConsumerMember): member is ClassicMember {
  return member.classic !== null;
}

interface Named {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly generationId: number;
}

/** The member that sends a heartbeat or asks for its assignment; else the error to answer with. */
export function classicMemberNamed(
  group: Readonly<ConsumerGroup>,
  { memberId, groupInstanceId, generationId }: Named,
): ClassicMember | ErrorCode {
  const error = classicMemberError(group, memberId, groupInstanceId);
  if (error !== null) return error;
  const member = group.members.get(memberId);
  if (member === undefined || !isClassicMember(member)) return errors.UNKNOWN_MEMBER_ID.code;
  return member.epoch === generationId ? member : errors.ILLEGAL_GENERATION.code;
}

/** Why the group does not know this caller as its member; null when it does. */
export function classicMemberError(
  { members, instances }: Readonly<ConsumerGroup>,
  memberId: string,
  instanceId: string | null,
): ErrorCode | null {
  const ofInstance = instanceId === null ? memberId : instances.get(instanceId);
  if (ofInstance !== undefined && ofInstance !== memberId) return errors.FENCED_INSTANCE_ID.code;
  return ofInstance === undefined || !members.has(memberId) ? errors.UNKNOWN_MEMBER_ID.code : null;
}

/** Whether a member that comes with these protocols can be together with the other classic members. */
export function supportsClassicProtocols(
  { members }: Readonly<ConsumerGroup>,
  protocolType: string,
  protocols: readonly { readonly name: string }[],
): boolean {
  if (protocolType !== CONSUMER_PROTOCOL_TYPE) return false;
  const spoken = [...members.values()]
    .filter(isClassicMember)
    .map(({ classic }) => new Set(classic.supportedProtocols.map(({ name }) => name)));
  return protocols.some(({ name }) => spoken.every((names) => names.has(name)));
}

/** It was told that it has to join again, and has as long as it said for that; being told so twice changes nothing. */
export function expectRejoin(draft: Draft, { id, rebalanceTimeoutMs }: ClassicMember): void {
  if (!draft.life.rejoins.has(id)) draft.expect("rejoin", id, rebalanceTimeoutMs);
}
