/**
 * A member on its way to its part of the target assignment (KIP-848, "reconciliation").
 *
 *     STABLE ──new target──▶ UNREVOKED_PARTITIONS ──let go of them──▶ UNRELEASED_PARTITIONS ──others let go──▶ STABLE
 *
 * First it gives up what it shall not have, in its old epoch; then it comes into the new epoch and is given what is free;
 * it waits for what others still have.
 */
import { unreachable } from "../../../lib/invariant.js";
import type { Partitions } from "../../assignors/assignor.js";
import { type ConsumerMember, nothingOwned, type OwnedPartitions } from "../consumer-group.js";

export interface Target {
  readonly epoch: number;
  /** Without what the member is not subscribed to any more. */
  readonly partitions: Partitions;
  /** Whether another member has the partition, or has yet to let go of it. */
  readonly isTaken: (topicId: string, partition: number) => boolean;
}

/** What the member says that it has; null: it said nothing. */
export type Reported = Partitions | null;

/** The member one step further, or as it is. `hasNewTopics`: it has just subscribed to others. */
export function reconcile(
  member: ConsumerMember,
  target: Target,
  reported: Reported,
  hasNewTopics: boolean,
): ConsumerMember {
  switch (member.state) {
    case "STABLE":
      return member.epoch === target.epoch && !hasNewTopics ? member : advance(member, target, reported);
    case "UNREVOKED_PARTITIONS":
      if (!mayHave(reported, member.pendingRevocation)) return advance(member, target, reported);
      return hasNewTopics ? withoutUnsubscribed(member, target) : member;
    case "UNRELEASED_PARTITIONS":
      return advance(member, target, reported);
    default:
      return unreachable(member.state);
  }
}

function advance(member: ConsumerMember, target: Target, reported: Reported): ConsumerMember {
  const { kept, leaving } = split(member.assigned, target.partitions);
  if (mayHave(reported, leaving)) {
    return next(member, "UNREVOKED_PARTITIONS", member.epoch, kept, leaving);
  }
  const { assigned, complete } = withWhatIsFree(kept, target);
  return next(member, complete ? "STABLE" : "UNRELEASED_PARTITIONS", target.epoch, assigned, nothingOwned);
}

/** While it has not let go of the first ones, it learns of more that it has to let go of. */
function withoutUnsubscribed(member: ConsumerMember, { partitions }: Target): ConsumerMember {
  const { kept, leaving } = split(member.assigned, partitions);
  if (leaving.size === 0) return member;
  return next(member, "UNREVOKED_PARTITIONS", member.epoch, kept, joined(member.pendingRevocation, leaving));
}

function next(
  member: ConsumerMember,
  state: ConsumerMember["state"],
  epoch: number,
  assigned: OwnedPartitions,
  pendingRevocation: OwnedPartitions,
): ConsumerMember {
  if (
    state === member.state &&
    epoch === member.epoch &&
    assigned === member.assigned &&
    state !== "UNREVOKED_PARTITIONS"
  ) {
    return member;
  }
  const previousEpoch = epoch === member.epoch ? member.previousEpoch : member.epoch;
  return { ...member, state, epoch, previousEpoch, assigned, pendingRevocation };
}

/** `kept` is the same object when the member keeps everything. */
function split(assigned: OwnedPartitions, target: Partitions): { kept: OwnedPartitions; leaving: OwnedPartitions } {
  const kept = new Map<string, Map<number, number>>();
  const leaving = new Map<string, Map<number, number>>();
  for (const [topicId, partitions] of assigned) {
    for (const [partition, epoch] of partitions) {
      put(target.get(topicId)?.has(partition) === true ? kept : leaving, topicId, partition, epoch);
    }
  }
  return leaving.size === 0 ? { kept: assigned, leaving } : { kept, leaving };
}

/** `assigned` is the same object when nothing is new. `complete`: that is all that the target has for the member. */
function withWhatIsFree(
  kept: OwnedPartitions,
  { epoch, partitions, isTaken }: Target,
): { assigned: OwnedPartitions; complete: boolean } {
  const given = new Map<string, Map<number, number>>();
  let complete = true;
  for (const [topicId, wanted] of partitions) {
    for (const partition of wanted) {
      if (kept.get(topicId)?.has(partition) === true) continue;
      if (isTaken(topicId, partition)) complete = false;
      else put(given, topicId, partition, epoch);
    }
  }
  return { assigned: given.size === 0 ? kept : joined(kept, given), complete };
}

function joined(one: OwnedPartitions, other: OwnedPartitions): OwnedPartitions {
  const all = new Map([...one].map(([topicId, partitions]) => [topicId, new Map(partitions)]));
  for (const [topicId, partitions] of other) {
    for (const [partition, epoch] of partitions) put(all, topicId, partition, epoch);
  }
  return all;
}

function put(into: Map<string, Map<number, number>>, topicId: string, partition: number, epoch: number): void {
  const partitions = into.get(topicId);
  if (partitions === undefined) into.set(topicId, new Map([[partition, epoch]]));
  else partitions.set(partition, epoch);
}

/** A member that does not say what it has may have everything. */
function mayHave(reported: Reported, partitions: OwnedPartitions): boolean {
  for (const [topicId, ofTopic] of partitions) {
    for (const partition of ofTopic.keys()) {
      if (reported === null || reported.get(topicId)?.has(partition) === true) return true;
    }
  }
  return false;
}
