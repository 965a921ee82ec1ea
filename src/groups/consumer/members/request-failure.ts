/** What is wrong with a ConsumerGroupHeartbeat in itself, whatever the group is like. */
import { type ApiError, apiError } from "../../../protocol/errors.js";
import type { ConsumerGroupHeartbeatCall } from "../../calls.js";
import type { GroupConfig } from "../../group-config.js";
import { regexFailure } from "../assignment/topic-regex.js";
import { memberEpoch } from "../consumer-group.js";

/** From this version on members make their own ids (KIP-1082). */
const OWN_MEMBER_ID_SINCE = 1;

export function requestFailure(request: ConsumerGroupHeartbeatCall, { consumer }: GroupConfig): ApiError | null {
  const complaint = invalidRequest(request);
  if (complaint !== null) return apiError("INVALID_REQUEST", complaint);
  const { serverAssignor, subscribedTopicRegex } = request;
  if (serverAssignor !== null && !consumer.assignors.includes(serverAssignor)) {
    const errorMessage = `ServerAssignor ${serverAssignor} is not one of ${consumer.assignors.join(", ")}.`;
    return apiError("UNSUPPORTED_ASSIGNOR", errorMessage);
  }
  const errorMessage = subscribedTopicRegex === null ? null : regexFailure(subscribedTopicRegex);
  return errorMessage === null ? null : apiError("INVALID_REGULAR_EXPRESSION", errorMessage);
}

function invalidRequest(request: ConsumerGroupHeartbeatCall): string | null {
  const { memberEpoch: epoch, memberId } = request;
  const needsMemberId = request.apiVersion >= OWN_MEMBER_ID_SINCE || epoch > 0 || epoch === memberEpoch.leave;
  if (needsMemberId && isBlank(memberId)) return "MemberId can't be empty.";
  if (isBlank(request.groupId)) return "GroupId can't be empty.";
  if (isBlank(request.instanceId)) return "InstanceId can't be empty.";
  if (isBlank(request.rackId)) return "RackId can't be empty.";
  if (epoch === memberEpoch.join) return invalidJoin(request);
  if (epoch === memberEpoch.leaveForAWhile && request.instanceId === null) return "InstanceId can't be null.";
  return epoch < memberEpoch.leaveForAWhile
    ? `MemberEpoch is ${epoch}, but must be greater than or equal to -2.`
    : null;
}

function invalidJoin(request: ConsumerGroupHeartbeatCall): string | null {
  if (request.rebalanceTimeoutMs === -1) return "RebalanceTimeoutMs must be provided in first request.";
  if (request.topicPartitions === null || request.topicPartitions.length > 0) {
    return "TopicPartitions must be empty when (re-)joining.";
  }
  const hasTopics = request.subscribedTopicNames !== null || request.subscribedTopicRegex !== null;
  return hasTopics ? null : "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.";
}

/** As Java trims: what is below or at the space does not count. */
function isBlank(text: string | null): boolean {
  return text !== null && [...text].every((character) => character <= " ");
}
