/** OffsetFetch: how far a group has read. A group that is not there has read nothing. */
import { reply, type Ticket } from "../../coordination/state-machine.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import type { OffsetFetchCall, OffsetFetchReply } from "../calls.js";
import { consumerFetchError } from "../consumer/member-epoch.js";
import { answer, type GroupDecision } from "../group-types.js";
import type { Group, GroupsState } from "../groups-state.js";
import type { CommittedOffset } from "./offset-table.js";
import { isPending } from "./pending-offsets.js";

type Topic = NonNullable<OffsetFetchCall["topics"]>[number];
type PartitionReply = OffsetFetchReply["topics"][number]["partitions"][number];

export function decideOffsetFetch(
  state: Readonly<GroupsState>,
  { request, ticket }: { readonly request: OffsetFetchCall; readonly ticket: Ticket<OffsetFetchReply> },
): GroupDecision {
  const { groupId, requireStable } = request;
  const group = state.groups.get(groupId);
  const error = memberErrorOf(group, request);
  if (error !== null) {
    return answer(reply(ticket, { groupId, topics: [], errorCode: error }, group?.endOffset ?? state.removalEndOffset));
  }
  const topics = request.topics ?? (group === undefined ? [] : committedTopics(group));
  const body: OffsetFetchReply = {
    groupId,
    topics: topics.map(({ name, topicId, partitionIndexes }) => ({
      name,
      topicId,
      partitions: partitionIndexes.map((partition) =>
        group === undefined ? nothing(partition) : fetched(group, { name, topicId }, partition, requireStable),
      ),
    })),
    errorCode: errors.NONE.code,
  };
  return answer(reply(ticket, body, group?.endOffset ?? state.removalEndOffset));
}

/** Only a member of a consumer group says who it is (KIP-848). */
function memberErrorOf(group: Group | undefined, request: OffsetFetchCall): ErrorCode | null {
  return group?.membership.kind === "consumer" ? consumerFetchError(group.membership.group, request) : null;
}

function committedTopics({ offsets }: Group): Topic[] {
  return [...offsets.topics()].map((name) => ({
    name,
    topicId: ZERO_UUID,
    partitionIndexes: [...offsets.partitionsOf(name).keys()],
  }));
}

function fetched(
  group: Group,
  { name, topicId }: Pick<Topic, "name" | "topicId">,
  partition: number,
  requireStable: boolean,
): PartitionReply {
  // KIP-447: an open transaction may still move this offset; the client asks again.
  if (requireStable && isPending(group, name, partition)) {
    return { ...nothing(partition), errorCode: errors.UNSTABLE_OFFSET_COMMIT.code };
  }
  const committed = group.offsets.get(name, partition);
  if (committed === null || isOfAnotherTopic(committed, topicId)) return nothing(partition);
  return {
    partitionIndex: partition,
    committedOffset: committed.offset,
    committedLeaderEpoch: committed.leaderEpoch,
    metadata: committed.metadata,
    errorCode: errors.NONE.code,
  };
}

/** The topic was deleted and made again under the same name. Who knows no ids asks by the name alone. */
function isOfAnotherTopic(committed: CommittedOffset, topicId: string): boolean {
  return committed.topicId !== ZERO_UUID && topicId !== ZERO_UUID && committed.topicId !== topicId;
}

function nothing(partitionIndex: number): PartitionReply {
  return {
    partitionIndex,
    committedOffset: -1,
    committedLeaderEpoch: -1,
    metadata: "",
    errorCode: errors.NONE.code,
  };
}
