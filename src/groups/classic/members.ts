/** Finding members and making changed copies of the maps that hold them. */
import { PersistentMap, PersistentSet } from "../../lib/persistent-map.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { ClassicGroup, Member, Members } from "./classic-group.js";
import { membersOf } from "./classic-group.js";

export function memberOfInstance(members: Members, instanceId: string): Member | null {
  for (const member of members.values()) {
    if (member.instanceId === instanceId) return member;
  }
  return null;
}

/** Why the group does not know this caller as its member; null when it does. */
export function memberError(group: ClassicGroup, memberId: string, instanceId: string | null): ErrorCode | null {
  const members = membersOf(group);
  const member = members.get(memberId);
  if (instanceId === null || member?.instanceId === instanceId) {
    return member === undefined ? errors.UNKNOWN_MEMBER_ID.code : null;
  }
  // KIP-345: another process has taken this instance's place, or nobody ever came under its name.
  return memberOfInstance(members, instanceId) === null
    ? errors.UNKNOWN_MEMBER_ID.code
    : errors.FENCED_INSTANCE_ID.code;
}

/** The group waits for its slowest member. */
export function rebalanceTimeoutMs(members: Members): number {
  let longest = 0;
  for (const member of members.values()) longest = Math.max(longest, member.rebalanceTimeoutMs);
  return longest;
}

export function plus<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return PersistentMap.from(map).with(key, value);
}

export function minus<V>(map: ReadonlyMap<string, V>, keys: ReadonlySet<string>): ReadonlyMap<string, V> {
  let rest = PersistentMap.from(map);
  for (const key of keys) rest = rest.without(key);
  return rest;
}

export function plusOne(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  return PersistentSet.from(set).with(key);
}

export function minusOne(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  return PersistentSet.from(set).without(key);
}

export function firstKey(map: ReadonlyMap<string, unknown>): string | null {
  const [first] = map.keys();
  return first ?? null;
}
