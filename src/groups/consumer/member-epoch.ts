/** Whether a commit or a fetch of offsets comes from a member that still is what it says. */
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { OffsetCommitCall, OffsetFetchCall } from "../calls.js";
import type { ConsumerGroup, ConsumerMember } from "./consumer-group.js";

/** From this version on OffsetCommit can tell a member of its epoch (KIP-848). */
const MEMBER_EPOCHS_SINCE = 9;

export function consumerCommitError(group: Readonly<ConsumerGroup>, request: OffsetCommitCall): ErrorCode | null {
  const { memberId, generationIdOrMemberEpoch: epoch } = request;
  // Who brings no epoch is no member: that is well as long as there are none.
  if (epoch < 0 && group.members.size === 0) return null;
  const member = group.members.get(memberId);
  if (member === undefined) return errors.UNKNOWN_MEMBER_ID.code;
  if (request.apiVersion < MEMBER_EPOCHS_SINCE) return errors.UNSUPPORTED_VERSION.code;
  if (epoch === member.epoch) return null;
  if (epoch > member.epoch) return errors.STALE_MEMBER_EPOCH.code;
  return request.topics.every((topic) => hadSince(member, topic, epoch)) ? null : errors.STALE_MEMBER_EPOCH.code;
}

/** KIP-1251: an older epoch will do for partitions that the member has had since. */
function hadSince(member: ConsumerMember, { topicId, partitions }: OffsetCommitCall["topics"][number], epoch: number) {
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
  return memberEpoch === member.epoch ? null : errors.STALE_MEMBER_EPOCH.code;
}
