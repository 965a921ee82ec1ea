/**
 * `uniform`: every member gets as many partitions as any other, as far as the subscriptions allow, and keeps what it has
 * as far as that allows: the fewest partitions move.
 */
import type { AssignmentSpec, Assignor } from "./assignor.js";
import { assignmentOf, Part } from "./parts.js";

/** So much is done between two places where others may run. */
const STEPS_BETWEEN_YIELDS = 64;

export const uniform: Assignor = {
  name: "uniform",
  *assign(spec) {
    const parts = spec.members.map((member) => new Part(member));
    const free = keepWhatIsStillTheirs(spec, parts);
    yield;
    if (haveTheSameTopics(spec)) giveBackAboveTheQuota(spec, parts, free);
    yield;
    yield* giveOut(spec, parts, free);
    yield* level(spec, parts);
    return assignmentOf(parts);
  },
};

/** Partitions without an owner, by topic id. */
type Free = Map<string, Set<number>>;

function keepWhatIsStillTheirs({ topics }: AssignmentSpec, parts: readonly Part[]): Free {
  const free: Free = new Map();
  for (const [topicId, partitionCount] of topics) {
    free.set(topicId, new Set(Array.from({ length: partitionCount }, (_, partition) => partition)));
  }
  for (const part of parts) {
    for (const [topicId, partitions] of part.member.before) {
      const left = part.member.topicIds.has(topicId) ? free.get(topicId) : undefined;
      for (const partition of partitions) if (left?.delete(partition) === true) part.add(topicId, partition);
    }
  }
  return free;
}

function haveTheSameTopics({ members }: AssignmentSpec): boolean {
  const [first, ...others] = members;
  if (first === undefined) return false;
  return others.every(({ topicIds }) => topicIds.size === first.topicIds.size && isWithin(topicIds, first.topicIds));
}

function isWithin(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  for (const each of some) if (!all.has(each)) return false;
  return true;
}

/** Where all may have everything, each may keep the even share, and as many as there are partitions over, one more. */
function giveBackAboveTheQuota({ topics }: AssignmentSpec, parts: readonly Part[], free: Free): void {
  let total = 0;
  for (const partitionCount of topics.values()) total += partitionCount;
  const share = Math.floor(total / parts.length);
  let larger = total % parts.length;
  for (const part of parts) {
    const keepsOneMore = part.size > share && larger > 0;
    if (keepsOneMore) larger--;
    giveBack(part, keepsOneMore ? share + 1 : share, free);
  }
}

function giveBack(part: Part, sizeMax: number, free: Free): void {
  for (const [topicId, partitions] of [...part.topics]) {
    for (const partition of [...partitions].reverse()) {
      if (part.size <= sizeMax) return;
      part.remove(topicId, partition);
      free.get(topicId)?.add(partition);
    }
  }
}

/** Each free partition goes to the subscriber who has least; topics with few subscribers come first. */
function* giveOut({ topics }: AssignmentSpec, parts: readonly Part[], free: Free): Generator<void, void, void> {
  const rows = [...topics.keys()].map((topicId) => ({ topicId, subscribers: subscribersOf(topicId, parts) }));
  rows.sort((one, other) => one.subscribers.length - other.subscribers.length);
  let steps = 0;
  for (const { topicId, subscribers } of rows) {
    for (const partition of free.get(topicId) ?? []) {
      leastOf(subscribers)?.add(topicId, partition);
      if (++steps % STEPS_BETWEEN_YIELDS === 0) yield;
    }
  }
}

function subscribersOf(topicId: string, parts: readonly Part[]): Part[] {
  return parts.filter(({ member }) => member.topicIds.has(topicId));
}

function leastOf(parts: readonly Part[]): Part | undefined {
  let least = parts[0];
  for (const part of parts) if (least !== undefined && part.size < least.size) least = part;
  return least;
}

/**
 * Where subscriptions differ: as long as somebody has at least two more than another who could have one of them, one
 * moves. Every move brings two parts nearer to each other, so this ends. Nobody has too much where all could have
 * everything: that was seen to before.
 */
function* level({ topics }: AssignmentSpec, parts: readonly Part[]): Generator<void, void, void> {
  const subscribers = new Map([...topics.keys()].map((topicId) => [topicId, subscribersOf(topicId, parts)]));
  for (;;) {
    const moved = moveOne(parts, subscribers);
    if (!moved) return;
    yield;
  }
}

/** From whoever has most and can give. */
function moveOne(parts: readonly Part[], subscribers: ReadonlyMap<string, readonly Part[]>): boolean {
  for (const from of [...parts].sort((one, other) => other.size - one.size)) {
    for (const [topicId, partitions] of from.topics) {
      const to = leastOf(subscribers.get(topicId) ?? []);
      const [partition] = partitions;
      if (to === undefined || partition === undefined || from.size - to.size < 2) continue;
      from.remove(topicId, partition);
      to.add(topicId, partition);
      return true;
    }
  }
  return false;
}
