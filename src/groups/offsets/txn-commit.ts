/**
 * TxnOffsetCommit: offsets that count from the moment when the producer's transaction is committed. They are written as
 * part of that transaction, so its marker decides over them.
 */
import { reply, type Ticket } from "../../coordination/state-machine.js";
import { unreachable } from "../../lib/invariant.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { TxnOffsetCommitCall, TxnOffsetCommitReply } from "../calls.js";
import type { ClassicGroup } from "../classic/classic-group.js";
import { memberError } from "../classic/members.js";
import { consumerTxnCommitError } from "../consumer/member-epoch.js";
import { answer, type Circumstances, decision, type GroupDecision } from "../group-types.js";
import type { Group, GroupsState } from "../groups-state.js";
import type { GroupRecord } from "../records/group-record.js";

type Topic = TxnOffsetCommitCall["topics"][number];
type Partition = Topic["partitions"][number];

export function decideTxnOffsetCommit(
  state: Readonly<GroupsState>,
  { request, ticket }: { readonly request: TxnOffsetCommitCall; readonly ticket: Ticket<TxnOffsetCommitReply> },
  { now, config }: Circumstances,
): GroupDecision {
  const error = commitErrorOf(state.groups.get(request.groupId), request);
  if (error !== null) return answer(reply(ticket, commitAnswer(request, error), "at once"));
  const errorOf = ({ committedMetadata }: Partition) => {
    const isTooLarge = (committedMetadata?.length ?? 0) > config.offsetMetadataMaxBytes;
    return isTooLarge ? errors.OFFSET_METADATA_TOO_LARGE.code : errors.NONE.code;
  };
  const records = request.topics.flatMap((topic) =>
    topic.partitions
      .filter((partition) => errorOf(partition) === errors.NONE.code)
      .map((partition) => commitRecord(request.groupId, topic, partition, now.wallMs)),
  );
  return decision({
    records,
    producer: { id: request.producerId, epoch: request.producerEpoch },
    replies: [reply(ticket, commitAnswer(request, errorOf), records.length > 0 ? "own records" : "at once")],
  });
}

/** Who brings no generation uses the group for its offsets alone, and makes it by committing. */
function commitErrorOf(group: Group | undefined, request: TxnOffsetCommitCall): ErrorCode | null {
  if (group === undefined) return request.generationId < 0 ? null : errors.ILLEGAL_GENERATION.code;
  const { membership } = group;
  switch (membership.kind) {
    case "classic":
      return classicCommitErrorOf(membership.live, request);
    case "consumer":
      return consumerTxnCommitError(membership.group, request);
    default:
      return unreachable(membership);
  }
}

/**
 * KIP-447: the member that read what the transaction writes shows itself, lest a zombie commits. Older producers do not
 * know it. Unlike a plain commit, this one is taken before the member has its part of the new generation.
 */
function classicCommitErrorOf(group: ClassicGroup, request: TxnOffsetCommitCall): ErrorCode | null {
  const { generationId, memberId, groupInstanceId } = request;
  if (generationId < 0 && (group.state === "Empty" || (memberId === "" && groupInstanceId === null))) return null;
  const error = memberError(group, memberId, groupInstanceId);
  if (error !== null) return error;
  return generationId === group.generation ? null : errors.ILLEGAL_GENERATION.code;
}

function commitRecord(group: string, { name, topicId }: Topic, partition: Partition, wallMs: number): GroupRecord {
  const value = {
    offset: partition.committedOffset,
    leaderEpoch: partition.committedLeaderEpoch,
    metadata: partition.committedMetadata ?? "",
    commitTimestamp: wallMs,
    expireTimestamp: -1,
    topicId,
  };
  return { kind: "offsetCommit", group, topic: name, partition: partition.partitionIndex, value };
}

function commitAnswer(
  { topics }: TxnOffsetCommitCall,
  error: ErrorCode | ((partition: Partition) => ErrorCode),
): TxnOffsetCommitReply {
  const errorOf = typeof error === "function" ? error : () => error;
  return {
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((partition) => ({
        partitionIndex: partition.partitionIndex,
        errorCode: errorOf(partition),
      })),
    })),
  };
}
