/**
 * `uniform`: every member gets as many partitions as any other, as far as the subscriptions allow, and keeps what it has
 * as far as that allows: the fewest partitions move.
 */
import type { AssignmentSpec, Assignor } from "./assignor.js";
import { LeastFirst } from "./least-first.js";
import { assignmentOf, Part } from "./parts.js";
import { Subscribers } from "./subscribers.js";

/** So much is done between two places where others may run. */
const STEPS_BETWEEN_YIELDS = 64;

export const uniform: Assignor = {
  name: "uniform",
  *assign(spec) {
    const parts = spec.members.map((member) => new Part(member));
    const subscribers = new Subscribers(parts);
    const free = yield* keepWhatIsStillTheirs(spec, parts);
    if (haveTheSameTopics(spec)) giveBackAboveTheQuota(spec, parts, free);
    yield;
    yield* giveOut(spec, subscribers, free);
    yield* level(parts, subscribers);
    return assignmentOf(parts);
  },
};

/** Partitions without an owner, by topic id. */
type Free = Map<string, Set<number>>;

function* keepWhatIsStillTheirs({ topics }: AssignmentSpec, parts: readonly Part[]): Generator<void, Free, void> {
  const free: Free = new Map();
  for (const [topicId, partitionCount] of topics) {
    free.set(topicId, new Set(Array.from({ length: partitionCount }, (_, partition) => partition)));
  }
  let steps = 0;
  for (const part of parts) {
    if (++steps % STEPS_BETWEEN_YIELDS === 0) yield;
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
  return others.every(({ topicIds }) => topicIds === first.topicIds || isSame(topicIds, first.topicIds));
}

function isSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  if (one.size !== other.size) return false;
  for (const each of one) if (!other.has(each)) return false;
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
  if (part.size <= sizeMax) return;
  for (const [topicId, partitions] of [...part.topics]) {
    for (const partition of [...partitions].reverse()) {
      if (part.size <= sizeMax) return;
      part.remove(topicId, partition);
      free.get(topicId)?.add(partition);
    }
  }
}

/** Each free partition goes to the subscriber who has least; topics with few subscribers come first. */
function* giveOut({ topics }: AssignmentSpec, subscribers: Subscribers, free: Free): Generator<void, void, void> {
  const rows = [...topics.keys()].map((topicId) => ({ topicId, ofTopic: subscribers.of(topicId) }));
  rows.sort((one, other) => one.ofTopic.length - other.ofTopic.length);
  const queues = new Map<readonly Part[], LeastFirst>();
  let steps = 0;
  for (const { topicId, ofTopic } of rows) {
    const queue = queues.get(ofTopic) ?? new LeastFirst(ofTopic);
    queues.set(ofTopic, queue);
    for (const partition of free.get(topicId) ?? []) {
      queue.first()?.add(topicId, partition);
      if (++steps % STEPS_BETWEEN_YIELDS === 0) yield;
    }
  }
}

/**
 * Where subscriptions differ: as long as somebody has at least two more than another who could have one of them, one
 * moves. Every move brings two parts nearer to each other, so this ends. Nobody has too much where all could have
 * everything: that was seen to before.
 */
function* level(parts: readonly Part[], subscribers: Subscribers): Generator<void, void, void> {
  while (moveOne(parts, subscribers)) yield;
}

/** From whoever has most and can give. */
function moveOne(parts: readonly Part[], subscribers: Subscribers): boolean {
  const leastOf = new Map<readonly Part[], Part | undefined>();
  const smallest = least(parts)?.size ?? 0;
  for (const from of [...parts].sort((one, other) => other.size - one.size)) {
    if (from.size - smallest < 2) return false;
    for (const [topicId, partitions] of from.topics) {
      const ofTopic = subscribers.of(topicId);
      const to = leastOf.get(ofTopic) ?? least(ofTopic);
      leastOf.set(ofTopic, to);
      const [partition] = partitions;
      if (to === undefined || partition === undefined || from.size - to.size < 2) continue;
      from.remove(topicId, partition);
      to.add(topicId, partition);
      return true;
    }
  }
  return false;
}

function least(parts: readonly Part[]): Part | undefined {
  let smallest = parts[0];
  for (const part of parts) if (smallest !== undefined && part.size < smallest.size) smallest = part;
  return smallest;
}
