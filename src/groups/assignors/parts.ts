/** An assignment in the making. */
import type { Assignment, MemberSpec } from "./assignor.js";

export class Part {
  readonly member: MemberSpec;
  readonly topics = new Map<string, Set<number>>();
  size = 0;

  constructor(member: MemberSpec) {
    this.member = member;
  }

  add(topicId: string, partition: number): void {
    const partitions = this.topics.get(topicId);
    if (partitions === undefined) this.topics.set(topicId, new Set([partition]));
    else partitions.add(partition);
    this.size++;
  }

  remove(topicId: string, partition: number): void {
    const partitions = this.topics.get(topicId);
    if (partitions?.delete(partition) !== true) return;
    this.size--;
    if (partitions.size === 0) this.topics.delete(topicId);
  }

  has(topicId: string, partition: number): boolean {
    return this.topics.get(topicId)?.has(partition) === true;
  }
}

export function assignmentOf(parts: readonly Part[]): Assignment {
  return new Map(parts.map(({ member, topics }) => [member.id, topics]));
}
