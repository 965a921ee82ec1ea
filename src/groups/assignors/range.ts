/**
 * `range`: the partitions of each topic in one row, cut into ranges for its subscribers, who always stand in the same
 * order: members with the same topics get the same partitions of each.
 */
import type { Assignor, MemberSpec } from "./assignor.js";
import { assignmentOf, Part } from "./parts.js";

export const range: Assignor = {
  name: "range",
  *assign({ topics, members }) {
    const parts = [...members].sort(inOrder).map((member) => new Part(member));
    for (const [topicId, partitionCount] of topics) {
      cut(topicId, partitionCount, subscribersOf(topicId, parts));
      yield;
    }
    return assignmentOf(parts);
  },
};

/** Static members first, by instance id: they keep their ranges when they come back under another member id. */
function inOrder(one: MemberSpec, other: MemberSpec): number {
  if (one.instanceId !== null && other.instanceId !== null) return one.instanceId < other.instanceId ? -1 : 1;
  if (one.instanceId !== null) return -1;
  if (other.instanceId !== null) return 1;
  return one.id < other.id ? -1 : 1;
}

function subscribersOf(topicId: string, parts: readonly Part[]): Part[] {
  return parts.filter(({ member }) => member.topicIds.has(topicId));
}

/** The first ones get one more where the partitions do not come out even. */
function cut(topicId: string, partitionCount: number, subscribers: readonly Part[]): void {
  if (subscribers.length === 0) return;
  const share = Math.floor(partitionCount / subscribers.length);
  const larger = partitionCount % subscribers.length;
  let next = 0;
  for (const [i, part] of subscribers.entries()) {
    const end = next + share + (i < larger ? 1 : 0);
    for (; next < end; next++) part.add(topicId, next);
  }
}
