/**
 * A classic group becomes a consumer group when a consumer joins it (KIP-848): the one that is empty just so, the one that
 * has consumers for members with all of them. They go on with the classic protocol, and keep what their leader gave them.
 */
import { type Reply, reply } from "../../coordination/state-machine.js";
import type { MetadataImage } from "../../metadata/image/image.js";
import { type ApiError, apiError, errors } from "../../protocol/errors.js";
import type { Partitions } from "../assignors/assignor.js";
import { joinError, syncError } from "../classic/answers.js";
import { type ClassicGroup, type Empty, type Member, metadataOf } from "../classic/classic-group.js";
import { selectProtocol } from "../classic/member-protocols.js";
import { CONSUMER_PROTOCOL_TYPE } from "../classic/subscription.js";
import { metadataHashOf, subscribedNames } from "../consumer/assignment/subscription.js";
import {
  type ConsumerGroup,
  type ConsumerMember,
  createConsumerGroup,
  type OwnedPartitions,
} from "../consumer/consumer-group.js";
import { assignmentRecord, groupRecord, memberRecord, targetEpochRecord, targetRecord } from "../consumer/records.js";
import { replayConsumerGroupRecord } from "../consumer/replay.js";
import type { GroupConfig } from "../group-config.js";
import type { Group } from "../groups-state.js";
import type { ConsumerGroupRecord } from "../records/consumer-group-record.js";
import type { GroupRecord } from "../records/group-record.js";
import { assignmentIn, type Subscription, subscriptionIn } from "./embedded-protocol.js";

/** A consumer group as it begins. */
export interface NewConsumerGroup {
  readonly group: ConsumerGroup;
  /** Make it out of what the log said before. */
  readonly records: readonly GroupRecord[];
  /** To those who wait for a generation or an assignment that will not come. */
  readonly replies: readonly Reply[];
}

type WithMembers = Exclude<ClassicGroup, Empty>;

export function newConsumerGroup(
  groupId: string,
  before: Group | undefined,
  metadata: MetadataImage,
  config: GroupConfig,
): NewConsumerGroup | ApiError {
  const nothing = { group: createConsumerGroup(), records: [], replies: [] };
  if (before?.membership.kind !== "classic") return nothing;
  const { live, logged } = before.membership;
  const tombstone = { kind: "groupMetadata", group: groupId, value: null } as const;
  if (live.state === "Empty") return logged === null ? nothing : { ...nothing, records: [tombstone] };
  const complaint = whyNot(live, config);
  if (complaint !== null) return refused(groupId, complaint);
  const members = upgradedMembers(live, metadata);
  if (typeof members === "string") return refused(groupId, members);
  const records = recordsOf(groupId, live.generation, members, metadata);
  const group = createConsumerGroup();
  for (const record of records) replayConsumerGroupRecord(group, record);
  return { group, records: [tombstone, ...records], replies: refusals(live) };
}

function refused(groupId: string, complaint: string): ApiError {
  const errorMessage = `Group ${groupId} cannot become a consumer group while it has members: ${complaint}.`;
  return apiError("GROUP_ID_NOT_FOUND", errorMessage);
}

function whyNot({ protocolType, members }: WithMembers, { consumer }: GroupConfig): string | null {
  const { migrationPolicy, groupMaxSize } = consumer;
  if (migrationPolicy !== "bidirectional" && migrationPolicy !== "upgrade") {
    return `group.consumer.migration.policy is ${migrationPolicy}`;
  }
  if (protocolType !== CONSUMER_PROTOCOL_TYPE) return "its members are no consumers";
  return members.size > groupMaxSize ? `they are more than group.consumer.max.size, ${groupMaxSize}` : null;
}

interface UpgradedMember {
  readonly member: ConsumerMember;
  readonly target: Partitions;
}

/** Or why it cannot be. */
function upgradedMembers({ members, generation }: WithMembers, metadata: MetadataImage): UpgradedMember[] | string {
  const protocol = selectProtocol(members);
  const taken = new Set<string>();
  const parts: { member: Member; subscription: Subscription; target: Partitions }[] = [];
  for (const member of members.values()) {
    const subscription = subscriptionIn(metadataOf(member, protocol), metadata);
    const assignment = assignmentIn(member.assignment, metadata);
    if (subscription === null || assignment === null) return "their consumer protocol is malformed";
    if (assignment.hasUserData) return "user data of their own assignor would be lost";
    const target = assignment.partitions;
    if (countOf(free(target, taken, generation)) < countOf(target)) {
      return "their own assignor gave one partition to several of them";
    }
    parts.push({ member, subscription, target });
  }
  // A cooperative member may still have what its leader has just taken from it: nobody else gets it before it says so.
  return parts.map(({ member, subscription, target }) => ({
    member: upgradedMember(member, generation, subscription, {
      assigned: free(target, new Set(), generation),
      pendingRevocation: free(subscription.owned, taken, generation),
    }),
    target,
  }));
}

/** Those of the partitions that nobody has taken before; now they are taken. */
function free(partitions: Partitions, taken: Set<string>, generation: number): OwnedPartitions {
  const own = new Map<string, ReadonlyMap<number, number>>();
  for (const [topicId, ofTopic] of partitions) {
    const fresh = [...ofTopic].filter((partition) => !taken.has(`${topicId}/${partition}`));
    for (const partition of fresh) taken.add(`${topicId}/${partition}`);
    if (fresh.length > 0) own.set(topicId, new Map(fresh.map((partition) => [partition, generation])));
  }
  return own;
}

function countOf(partitions: ReadonlyMap<string, { readonly size: number }>): number {
  let count = 0;
  for (const { size } of partitions.values()) count += size;
  return count;
}

function upgradedMember(
  member: Member,
  generation: number,
  { topicNames, rackId }: Subscription,
  has: Pick<ConsumerMember, "assigned" | "pendingRevocation">,
): ConsumerMember {
  return {
    id: member.id,
    instanceId: member.instanceId,
    rackId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    topicNames,
    topicRegex: "",
    serverAssignor: null,
    classic: { sessionTimeoutMs: member.sessionTimeoutMs, supportedProtocols: member.protocols },
    epoch: generation,
    previousEpoch: generation,
    state: has.pendingRevocation.size === 0 ? "STABLE" : "UNREVOKED_PARTITIONS",
    ...has,
  };
}

/** In Apache Kafka's order. The time of an assignment that nobody made here is 0: the next one may follow at once. */
function recordsOf(
  groupId: string,
  generation: number,
  upgraded: readonly UpgradedMember[],
  { topicsByName }: MetadataImage,
): ConsumerGroupRecord[] {
  const members = upgraded.map(({ member }) => member);
  const hash = metadataHashOf(subscribedNames(members, new Map()), topicsByName);
  return [
    ...members.map((member) => memberRecord(groupId, member)),
    groupRecord(groupId, generation, hash),
    ...upgraded.map(({ member, target }) => targetRecord(groupId, member.id, target)),
    targetEpochRecord(groupId, generation, 0),
    ...members.map((member) => assignmentRecord(groupId, member)),
  ];
}

function refusals(live: WithMembers): Reply[] {
  const errorCode = errors.REBALANCE_IN_PROGRESS.code;
  const replies: Reply[] = [];
  if (live.state === "PreparingRebalance") {
    for (const [memberId, { ticket }] of live.joined) {
      if (ticket !== null) replies.push(reply(ticket, joinError(errorCode, memberId), "at once"));
    }
  } else if (live.state === "CompletingRebalance") {
    for (const ticket of live.synced.values()) {
      if (ticket !== null) replies.push(reply(ticket, syncError(errorCode), "at once"));
    }
  }
  return replies;
}
