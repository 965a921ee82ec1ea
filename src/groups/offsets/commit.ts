/** OffsetCommit: members of a group, or anybody while it has none, write down how far they have read. */
import { reply, type Ticket } from "../../coordination/state-machine.js";
import { unreachable } from "../../lib/invariant.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { OffsetCommitCall, OffsetCommitReply } from "../calls.js";
import type { ClassicGroup } from "../classic/classic-group.js";
import { restartedSession } from "../classic/heartbeat.js";
import { memberError } from "../classic/members.js";
import { consumerCommitError } from "../consumer/member-epoch.js";
import { answer, type Circumstances, decision, type GroupDecision, type GroupTouch } from "../group-types.js";
import type { Group, GroupsState, Membership } from "../groups-state.js";
import { type GroupOfClassic, isClassic } from "../membership.js";
import type { GroupRecord, LoggedOffset } from "../records/group-record.js";

/** From this version on a group that is not there has an error of its own (KIP-848). */
const GROUP_ID_NOT_FOUND_SINCE = 9;

type Topic = OffsetCommitCall["topics"][number];
type Partition = Topic["partitions"][number];

export function decideOffsetCommit(
  state: Readonly<GroupsState>,
  { request, ticket }: { readonly request: OffsetCommitCall; readonly ticket: Ticket<OffsetCommitReply> },
  circumstances: Circumstances,
): GroupDecision {
  const group = state.groups.get(request.groupId);
  const error = commitErrorOf(group, request);
  if (error !== null)
    return answer(
      reply(
        ticket,
        commitAnswer(request, () => error),
        "at once",
      ),
    );
  const records: GroupRecord[] = [];
  const accept = (topic: Topic, partition: Partition) => {
    const errorCode = partitionErrorOf(partition, circumstances);
    if (errorCode === errors.NONE.code) records.push(commitRecord(request, topic, partition, circumstances.now.wallMs));
    return errorCode;
  };
  const body = commitAnswer(request, accept);
  return decision({
    records,
    touches: group === undefined ? [] : signsOfLife(group, request.memberId, circumstances),
    replies: [reply(ticket, body, records.length > 0 ? "own records" : "at once")],
  });
}

function commitErrorOf(group: Group | undefined, request: OffsetCommitCall): ErrorCode | null {
  if (group !== undefined) return memberCommitErrorOf(group.membership, request);
  // Who brings no generation uses the group for its offsets alone, and makes it by committing.
  if (request.generationIdOrMemberEpoch < 0) return null;
  const { GROUP_ID_NOT_FOUND, ILLEGAL_GENERATION } = errors;
  return request.apiVersion >= GROUP_ID_NOT_FOUND_SINCE ? GROUP_ID_NOT_FOUND.code : ILLEGAL_GENERATION.code;
}

function memberCommitErrorOf(membership: Membership, request: OffsetCommitCall): ErrorCode | null {
  switch (membership.kind) {
    case "classic":
      return classicCommitErrorOf(membership.live, request);
    case "consumer":
      return consumerCommitError(membership.group, request);
    default:
      return unreachable(membership);
  }
}

function classicCommitErrorOf(group: ClassicGroup, request: OffsetCommitCall): ErrorCode | null {
  const { generationIdOrMemberEpoch: generation, memberId, groupInstanceId } = request;
  if (generation < 0 && group.state === "Empty") return null;
  if (generation < 0 && memberId === "" && groupInstanceId === null) return errors.UNKNOWN_MEMBER_ID.code;
  const error = memberError(group, memberId, groupInstanceId);
  if (error !== null) return error;
  if (generation !== group.generation) return errors.ILLEGAL_GENERATION.code;
  // The member has joined this generation and does not know its part yet: it has nothing to commit.
  return group.state === "CompletingRebalance" ? errors.REBALANCE_IN_PROGRESS.code : null;
}

/** A member of a consumer group shows that it is alive by heartbeats alone. */
function signsOfLife(group: Group, memberId: string, circumstances: Circumstances): GroupTouch[] {
  if (!isClassic(group) || !provesLife(group)) return [];
  return restartedSession(group, memberId, circumstances);
}

function provesLife({ membership: { live } }: GroupOfClassic): boolean {
  switch (live.state) {
    case "Stable":
    case "PreparingRebalance":
      return true;
    case "Empty":
    case "CompletingRebalance":
      return false;
    default:
      return unreachable(live);
  }
}

function partitionErrorOf({ committedMetadata }: Partition, { config }: Circumstances): ErrorCode {
  const tooLarge = (committedMetadata?.length ?? 0) > config.offsetMetadataMaxBytes;
  return tooLarge ? errors.OFFSET_METADATA_TOO_LARGE.code : errors.NONE.code;
}

function commitRecord(request: OffsetCommitCall, topic: Topic, partition: Partition, wallMs: number): GroupRecord {
  const { retentionTimeMs } = request;
  const value: LoggedOffset = {
    offset: partition.committedOffset,
    leaderEpoch: partition.committedLeaderEpoch,
    metadata: partition.committedMetadata ?? "",
    commitTimestamp: wallMs,
    expireTimestamp: retentionTimeMs === -1 ? -1 : wallMs + retentionTimeMs,
    topicId: topic.topicId,
  };
  return {
    kind: "offsetCommit",
    group: request.groupId,
    topic: topic.name,
    partition: partition.partitionIndex,
    value,
  };
}

function commitAnswer(
  request: OffsetCommitCall,
  outcomeOf: (topic: Topic, partition: Partition) => ErrorCode,
): OffsetCommitReply {
  const topics = request.topics.map((topic) => ({
    name: topic.name,
    topicId: topic.topicId,
    partitions: topic.partitions.map((partition) => ({
      partitionIndex: partition.partitionIndex,
      errorCode: outcomeOf(topic, partition),
    })),
  }));
  return { topics };
}
