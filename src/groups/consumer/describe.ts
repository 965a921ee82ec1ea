/** ConsumerGroupDescribe: state, members and assignments of consumer groups. */
import { reply, type Ticket } from "../../coordination/state-machine.js";
import { errors } from "../../protocol/errors.js";
import type { Partitions } from "../assignors/assignor.js";
import type { ConsumerGroupDescribeCall, ConsumerGroupDescribeReply } from "../calls.js";
import { answer, type Circumstances, type GroupDecision } from "../group-types.js";
import type { GroupsState } from "../groups-state.js";
import { preferredAssignor } from "./assignment/target-assignment.js";
import { type ConsumerGroup, type ConsumerMember, stateOf } from "./consumer-group.js";

type DescribedGroup = ConsumerGroupDescribeReply[number];
type DescribedMember = DescribedGroup["members"][number];
type TopicsById = GroupsState["metadata"]["topicsById"];

const memberType = { classic: 0, consumer: 1 } as const;

export function decideConsumerDescribe(
  state: Readonly<GroupsState>,
  {
    request,
    ticket,
  }: { readonly request: ConsumerGroupDescribeCall; readonly ticket: Ticket<ConsumerGroupDescribeReply> },
  { config }: Circumstances,
): GroupDecision {
  let after = 0;
  const described = request.groupIds.map((groupId) => {
    const group = state.groups.get(groupId);
    after = Math.max(after, group?.endOffset ?? state.removalEndOffset);
    if (group?.membership.kind !== "consumer") return notFound(groupId, group === undefined);
    return describe(groupId, group.membership.group, state.metadata.topicsById, config.consumer.assignors);
  });
  return answer(reply(ticket, described, after));
}

function notFound(groupId: string, isMissing: boolean): DescribedGroup {
  const errorMessage = isMissing ? `Group ${groupId} not found.` : `Group ${groupId} is not a consumer group.`;
  return { errorCode: errors.GROUP_ID_NOT_FOUND.code, errorMessage, groupId, groupState: "", members: [] };
}

function describe(
  groupId: string,
  group: Readonly<ConsumerGroup>,
  topicsById: TopicsById,
  assignors: readonly string[],
): DescribedGroup {
  return {
    errorCode: errors.NONE.code,
    groupId,
    groupState: stateOf(group),
    groupEpoch: group.epoch,
    assignmentEpoch: group.assignmentEpoch,
    assignorName: preferredAssignor(group.members.values(), assignors),
    members: [...group.members.values()].map((member) =>
      describeMember(member, group.targets.get(member.id) ?? new Map(), topicsById),
    ),
  };
}

function describeMember(member: ConsumerMember, target: Partitions, topicsById: TopicsById): DescribedMember {
  return {
    memberId: member.id,
    instanceId: member.instanceId,
    rackId: member.rackId,
    memberEpoch: member.epoch,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: [...member.topicNames].sort(),
    subscribedTopicRegex: member.topicRegex,
    assignment: named(ownedNow(member), topicsById),
    targetAssignment: named(
      [...target].map(([topicId, partitions]) => [topicId, [...partitions]]),
      topicsById,
    ),
    memberType: member.classic === null ? memberType.consumer : memberType.classic,
  };
}

/** What it has to let go of is still with it. */
function ownedNow({ assigned, pendingRevocation }: ConsumerMember): [string, number[]][] {
  const owned = new Map([...assigned].map(([topicId, partitions]) => [topicId, [...partitions.keys()]]));
  for (const [topicId, partitions] of pendingRevocation) {
    owned.set(topicId, [...(owned.get(topicId) ?? []), ...partitions.keys()]);
  }
  return [...owned];
}

/** Without topics that are deleted. */
function named(owned: readonly [string, readonly number[]][], topicsById: TopicsById): DescribedMember["assignment"] {
  const topicPartitions = owned.flatMap(([topicId, partitions]) => {
    const topicName = topicsById.get(topicId)?.name;
    return topicName === undefined ? [] : [{ topicId, topicName, partitions }];
  });
  return { topicPartitions };
}
