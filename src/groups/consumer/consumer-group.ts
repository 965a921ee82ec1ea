/**
 * A consumer group (KIP-848) as the log says it is. The group has an epoch, which grows whenever members or their topics
 * change; for an epoch there is a target assignment; every member moves towards its part of it at its own pace. No
 * partition is given to a member before the one that had it has let go of it.
 *
 *     Empty ──join──▶ Assigning ──target is made──▶ Reconciling ──all members have arrived──▶ Stable
 */
import type { Partitions } from "../assignors/assignor.js";
import type { MemberProtocol } from "../classic/classic-group.js";
import { Subscriptions } from "./assignment/subscriptions.js";

export interface ConsumerGroup {
  epoch: number;
  /** Of the subscribed topics. */
  metadataHash: bigint;
  /** The group's epoch when the target was made. */
  assignmentEpoch: number;
  readonly targets: Map<string, Partitions>;
  /** By member id, in the order in which they came. Members are values: each step makes the next one. */
  readonly members: Map<string, ConsumerMember>;
  /** The member ids of static members, by instance id. */
  readonly instances: Map<string, string>;
  /** Who has a partition, or has to let go of it: a member id, by topic id and partition. */
  readonly owners: Map<string, Map<number, string>>;
  /** What members subscribed to. Most groups have one or two, however many members. */
  readonly subscriptions: Subscriptions;
  /** The topics that match, by regular expression. */
  readonly resolvedRegexes: Map<string, ReadonlySet<string>>;
}

export interface ConsumerMember {
  readonly id: string;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly topicNames: readonly string[];
  /** Null and empty: none. */
  readonly topicRegex: string | null;
  readonly serverAssignor: string | null;
  /** Of a member that speaks the classic protocol, in a group that migrates; null of all others. */
  readonly classic: ClassicMemberMetadata | null;
  /** 0 until the member has a part; -2 of a static member that is away. */
  readonly epoch: number;
  readonly previousEpoch: number;
  readonly state: MemberState;
  readonly assigned: OwnedPartitions;
  readonly pendingRevocation: OwnedPartitions;
}

/** The rest of what a member says of itself when it joins with the classic protocol. */
export interface ClassicMemberMetadata {
  readonly sessionTimeoutMs: number;
  /** The one that the member likes best first. */
  readonly supportedProtocols: readonly MemberProtocol[];
}

/** STABLE: has what the target says. The others wait: for the member to let go of partitions, or for others to. */
export type MemberState = "STABLE" | "UNREVOKED_PARTITIONS" | "UNRELEASED_PARTITIONS";

/** When the member got each partition, by topic id and partition. */
export type OwnedPartitions = ReadonlyMap<string, ReadonlyMap<number, number>>;

export const nothingOwned: OwnedPartitions = new Map();

export const nothingAssigned = {
  epoch: 0,
  previousEpoch: -1,
  state: "STABLE",
  assigned: nothingOwned,
  pendingRevocation: nothingOwned,
} as const;

/** Somebody of whom nothing but the id is known. */
export function newMember(id: string): ConsumerMember {
  return {
    id,
    instanceId: null,
    rackId: null,
    clientId: "",
    clientHost: "",
    rebalanceTimeoutMs: -1,
    topicNames: [],
    topicRegex: "",
    serverAssignor: null,
    classic: null,
    ...nothingAssigned,
  };
}

export const memberEpoch = { join: 0, leave: -1, leaveForAWhile: -2 } as const;

/** The name that clients see. */
type ConsumerGroupState = "Empty" | "Assigning" | "Reconciling" | "Stable";

export function createConsumerGroup(): ConsumerGroup {
  return {
    // So that the first epoch that is written is 2, as Apache Kafka counts.
    epoch: 1,
    metadataHash: 0n,
    assignmentEpoch: 0,
    targets: new Map(),
    members: new Map(),
    instances: new Map(),
    owners: new Map(),
    subscriptions: new Subscriptions(),
    resolvedRegexes: new Map(),
  };
}

export function stateOf(group: Readonly<ConsumerGroup>): ConsumerGroupState {
  if (group.members.size === 0) return "Empty";
  if (group.epoch > group.assignmentEpoch) return "Assigning";
  for (const member of group.members.values()) if (!hasArrived(member, group)) return "Reconciling";
  return "Stable";
}

/** The member has all that the target has for it. */
export function hasArrived({ state, epoch }: ConsumerMember, { assignmentEpoch }: Readonly<ConsumerGroup>): boolean {
  return state === "STABLE" && epoch === assignmentEpoch;
}

export function ownerOf({ owners }: Readonly<ConsumerGroup>, topicId: string, partition: number): string | null {
  return owners.get(topicId)?.get(partition) ?? null;
}
