/**
 * The state of one shard: all groups of one partition of `__consumer_offsets`.
 *
 * What the log says is changed by `replay` alone: which groups there are, `logged`, the offsets, where the log ended.
 * What it does not say is changed by `touch` alone: a group's life between two generations, sessions, parked requests.
 */
import { emptyImage } from "../metadata/image/empty.js";
import type { MetadataImage } from "../metadata/image/image.js";
import type { ClassicGroup } from "./classic/classic-group.js";
import { emptyGroup } from "./classic/classic-group.js";
import type { ConsumerMembership } from "./consumer/life.js";
import { Deadlines } from "./deadlines.js";
import { OffsetTable } from "./offsets/offset-table.js";
import type { LoggedGroup } from "./records/group-record.js";

export interface GroupsState {
  readonly groups: Map<string, Group>;
  /** Which groups have offsets that wait for the end of a producer's transaction, by producer id. */
  readonly openTransactions: Map<number, Set<string>>;
  /** Where the log ended after the last record of any group. */
  endOffset: number;
  /** Where the log ended when a group was last removed: who finds no group waits for this. */
  removalEndOffset: number;

  readonly deadlines: Deadlines;
  /** Deleted topics whose offsets are still to be deleted; null when there are none. */
  topicsToForget: TopicsToForget | null;
  /** When offsets are next examined for their age; null until the log is loaded. */
  nextExpiryMs: number | null;
  /** The cluster's metadata, as far as the shard has heard of it. */
  metadata: MetadataImage;
  /** The number of the next errand. */
  nextErrand: number;
}

export interface Group {
  readonly id: string;
  /** Where the log ended after the group's last record: who reads the group waits for this. */
  endOffset: number;
  readonly offsets: OffsetTable;
  /** Offsets that count when the transaction is committed, by producer id. */
  readonly pendingOffsets: Map<number, OffsetTable>;
  /** A group is of one kind; it may become another one only when it is empty, or by an upgrade. */
  membership: Membership;
}

export type Membership = ClassicMembership | ConsumerMembership;

export interface ClassicMembership {
  readonly kind: "classic";
  /** The last generation that was written; null for a group that has only offsets. */
  logged: LoggedGroup | null;
  live: ClassicGroup;
  /** Until when a member must be heard of, by member id. A member whose request is parked may have none. */
  readonly sessions: Map<string, number>;
  /** No session ends sooner. It may be too early: most sessions only move into the future, which nobody looks for. */
  sessionsDueMs: number;
}

export interface TopicsToForget {
  readonly topics: readonly DeletedTopic[];
  /** When the next of their offsets are deleted. */
  readonly dueMs: number;
}

export interface DeletedTopic {
  readonly name: string;
  readonly id: string;
}

export function createGroupsState(): GroupsState {
  return {
    groups: new Map(),
    openTransactions: new Map(),
    endOffset: 0,
    removalEndOffset: 0,
    deadlines: new Deadlines(),
    topicsToForget: null,
    nextExpiryMs: null,
    metadata: emptyImage,
    nextErrand: 0,
  };
}

export function createGroup(id: string): Group {
  return {
    id,
    endOffset: 0,
    offsets: new OffsetTable(),
    pendingOffsets: new Map(),
    membership: createClassicMembership(),
  };
}

export function createClassicMembership(): ClassicMembership {
  return {
    kind: "classic",
    logged: null,
    live: emptyGroup,
    sessions: new Map(),
    sessionsDueMs: Number.POSITIVE_INFINITY,
  };
}
