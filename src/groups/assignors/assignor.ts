/** What every assignor is given, and what it makes of it. Pure work: it yields, so that it never stops the loop. */

/** Partition indexes by topic id. */
export type Partitions = ReadonlyMap<string, ReadonlySet<number>>;

export const noPartitions: Partitions = new Map();

export interface AssignmentSpec {
  /** The number of partitions by topic id: every topic that some member subscribed to. */
  readonly topics: ReadonlyMap<string, number>;
  readonly members: readonly MemberSpec[];
}

export interface MemberSpec {
  readonly id: string;
  /** Of a static member (KIP-345). */
  readonly instanceId: string | null;
  /** The topics that it subscribed to and that are there. */
  readonly topicIds: ReadonlySet<string>;
  /** Its part of the last assignment. */
  readonly before: Partitions;
}

/** The part of each member, by member id. Every partition that somebody subscribed to is in exactly one part. */
export type Assignment = ReadonlyMap<string, Partitions>;

export interface Assignor {
  readonly name: string;
  readonly assign: (spec: AssignmentSpec) => Generator<void, Assignment, void>;
}
