/** The protocols (assignment strategies) of members, and which of them the group uses. */
import { invariant } from "../../lib/invariant.js";
import type { JoinGroupCall } from "../calls.js";
import { ownBytes } from "../own-bytes.js";
import type { ClassicGroup, Member, MemberProtocol, Members } from "./classic-group.js";

/** Out of a request whose bytes belong to the connection. */
export function ownProtocols(protocols: JoinGroupCall["protocols"]): readonly MemberProtocol[] {
  return protocols.map(({ name, metadata }) => ({ name, metadata: ownBytes(metadata) }));
}

/** Whether a member that comes with these protocols can be together with all the others. */
export function supportsProtocols(
  group: ClassicGroup,
  { protocolType, protocols }: Pick<JoinGroupCall, "protocolType" | "protocols">,
): boolean {
  if (group.state === "Empty") return protocolType !== "" && protocols.length > 0;
  if (group.protocolType !== protocolType) return false;
  // All members have a protocol in common. Who speaks all that one of them does, speaks that one as well: nearly everybody.
  const [anyMember] = group.members.values();
  if (anyMember !== undefined && speaksAllOf(anyMember, protocols)) return true;
  const speakers = speakersOf(group.members);
  return protocols.some(({ name }) => (speakers.get(name) ?? 0) === group.members.size);
}

/** Whether the member says the same of itself as before. */
export function hasProtocols(member: Pick<Member, "protocols">, protocols: JoinGroupCall["protocols"]): boolean {
  return (
    member.protocols.length === protocols.length &&
    member.protocols.every(({ name, metadata }, i) => {
      const other = protocols[i];
      return other !== undefined && other.name === name && equalBytes(metadata, other.metadata);
    })
  );
}

/**
 * Each member votes for the first of its protocols that everybody speaks; the one with the most votes is chosen.
 * There is one that everybody speaks, since nobody is let in without.
 */
export function selectProtocol(members: Members): string {
  const speakers = speakersOf(members);
  const votes = new Map<string, number>();
  for (const { protocols } of members.values()) {
    const vote = protocols.find(({ name }) => speakers.get(name) === members.size);
    invariant(vote !== undefined, "each member speaks a protocol that everybody speaks");
    votes.set(vote.name, (votes.get(vote.name) ?? 0) + 1);
  }
  const [first, ...others] = votes;
  invariant(first !== undefined, "a group that selects a protocol has members");
  return others.reduce((best, next) => (next[1] > best[1] ? next : best), first)[0];
}

/** How many members speak each protocol. */
function speakersOf(members: Members): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { protocols } of members.values()) {
    for (const name of new Set(protocols.map(({ name }) => name))) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function speaksAllOf(member: Member, protocols: JoinGroupCall["protocols"]): boolean {
  const names = new Set(protocols.map(({ name }) => name));
  return member.protocols.every(({ name }) => names.has(name));
}

function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
