/** The answers to ConsumerGroupHeartbeat. */
import { type ApiError, errors } from "../../../protocol/errors.js";
import type { ConsumerGroupHeartbeatReply } from "../../calls.js";
import type { ConsumerMember, OwnedPartitions } from "../consumer-group.js";
import type { Draft } from "../draft.js";

export function failed({ errorCode, errorMessage }: ApiError): ConsumerGroupHeartbeatReply {
  return { errorCode, errorMessage };
}

export function heartbeatAnswer(
  { settings }: Draft,
  { id, epoch, assigned }: ConsumerMember,
  tellsAssignment: boolean,
): ConsumerGroupHeartbeatReply {
  return {
    errorCode: errors.NONE.code,
    memberId: id,
    memberEpoch: epoch,
    heartbeatIntervalMs: settings.heartbeatIntervalMs,
    assignment: tellsAssignment ? assignmentOf(assigned) : null,
  };
}

function assignmentOf(assigned: OwnedPartitions): ConsumerGroupHeartbeatReply["assignment"] {
  const topicPartitions = [...assigned].map(([topicId, partitions]) => ({
    topicId,
    partitions: [...partitions.keys()],
  }));
  return { topicPartitions };
}

export function left(memberId: string, memberEpoch: number): ConsumerGroupHeartbeatReply {
  return { errorCode: errors.NONE.code, memberId, memberEpoch };
}
