/** Whether a commit or a fetch of offsets comes from a member that still is what it says. */
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { OffsetCommitCall, OffsetFetchCall, TxnOffsetCommitCall } from "../calls.js";
import type { ConsumerGroup, ConsumerMember } from "./consumer-group.js";

/** From this version on OffsetCommit can tell a member of its epoch (KIP-848). */
const MEMBER_EPOCHS_SINCE = 9;

export function consumerCommitError(group: Readonly<ConsumerGroup>, request: OffsetCommitCall): ErrorCode | null {
  const { memberId, generationIdOrMemberEpoch: epoch } = request;
  // Who brings no epoch is no member: that is well as long as there are none.
  if (epoch < 0 && group.members.size === 0) return null;
  const member = group.members.get(memberId);
  if (member === undefined) return errors.UNKNOWN_MEMBER_ID.code;
  if (member.classic === null && request.apiVersion < MEMBER_EPOCHS_SINCE) return errors.UNSUPPORTED_VERSION.code;
  return mayCommit(member, epoch, request.topics) ? null : wrongEpoch(member);
}

/** A producer that commits for a member need not name it; its requests call the member's epoch a generation. */
export function consumerTxnCommitError(group: Readonly<ConsumerGroup>, request: TxnOffsetCommitCall): ErrorCode | null {
  const { memberId, generationId: epoch, groupInstanceId, topics } = request;
  if (epoch < 0 && group.members.size === 0) return null;
  if (epoch === -1 && memberId === "" && groupInstanceId === null) return null;
  const member = group.members.get(memberId);
  if (member === undefined) return errors.UNKNOWN_MEMBER_ID.code;
  return mayCommit(member, epoch, topics) ? null : errors.ILLEGAL_GENERATION.code;
}

interface CommittedTopic {
  readonly topicId: string;
  readonly partitions: readonly { readonly partitionIndex: number }[];
}

function mayCommit(member: ConsumerMember, epoch: number, topics: readonly CommittedTopic[]): boolean {
  if (epoch === member.epoch) return true;
  return epoch < member.epoch && topics.every((topic) => hadSince(member, topic, epoch));
}

/** KIP-1251: an older epoch will do for partitions that the member has had since. */
function hadSince(member: ConsumerMember, { topicId, partitions }: CommittedTopic, epoch: number): boolean {
  return partitions.every(({ partitionIndex }) => {
    const since =
      member.assigned.get(topicId)?.get(partitionIndex) ?? member.pendingRevocation.get(topicId)?.get(partitionIndex);
    return since !== undefined && epoch >= since;
  });
}

export function consumerFetchError(group: Readonly<ConsumerGroup>, request: OffsetFetchCall): ErrorCode | null {
  const { memberId, memberEpoch } = request;
  if (memberId === null && memberEpoch < 0) return null;
  const member = memberId === null ? undefined : group.members.get(memberId);
  if (member === undefined) return errors.UNKNOWN_MEMBER_ID.code;
  return memberEpoch === member.epoch ? null : wrongEpoch(member);
}

/** A classic member takes the group's epochs for generations. */
function wrongEpoch({ classic }: ConsumerMember): ErrorCode {
  return classic === null ? errors.STALE_MEMBER_EPOCH.code : errors.ILLEGAL_GENERATION.code;
}
