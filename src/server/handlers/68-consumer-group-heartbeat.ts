import type { Broker } from "../../broker/broker.js";
import { withoutMapping } from "../../broker/reach.js";
import type { ConsumerGroupHeartbeatCall } from "../../groups/calls.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { ConsumerGroupHeartbeat } from "../../protocol/messages/68-consumer-group-heartbeat.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import type { RequestContext } from "../context.js";
import { servesConsumerGroups } from "../groups/consumer-groups-served.js";
import { askCoordinator } from "../groups/group-coordinator.js";
import { handler } from "../handler.js";
import { whenThere } from "../when-there.js";

/** ConsumerGroupHeartbeat: a member of a consumer group joins, lives, reconciles its assignment and leaves. */
export const consumerGroupHeartbeat = handler(
  ConsumerGroupHeartbeat,
  { from: 0, to: 1 },
  (broker, request, context) => {
    const failed = (errorCode: ErrorCode) => ({ errorCode });
    const { groupId, subscribedTopicNames } = request;
    if (!servesConsumerGroups(broker, context)) return failed(errors.UNSUPPORTED_VERSION.code);
    if (!context.authorize("Read", "Group", groupId)) return failed(errors.GROUP_AUTHORIZATION_FAILED.code);
    if (!mayDescribeAll(subscribedTopicNames ?? [], context)) return failed(errors.TOPIC_AUTHORIZATION_FAILED.code);
    const outcome = askCoordinator(
      broker,
      context,
      groupId,
      "consumerGroupHeartbeat",
      callOf(request, broker, context),
    );
    return whenThere(outcome, (there) => ("reply" in there ? there.reply : failed(there.errorCode)));
  },
);

/** Each field by its name: to spread an object and add to it costs more than the heartbeat. */
function callOf(
  request: RequestOf<typeof ConsumerGroupHeartbeat>,
  broker: Broker,
  context: RequestContext,
): ConsumerGroupHeartbeatCall {
  return {
    groupId: request.groupId,
    memberId: request.memberId,
    memberEpoch: request.memberEpoch,
    instanceId: request.instanceId,
    rackId: request.rackId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    subscribedTopicNames: request.subscribedTopicNames,
    subscribedTopicRegex: request.subscribedTopicRegex,
    serverAssignor: request.serverAssignor,
    topicPartitions: request.topicPartitions,
    apiVersion: context.apiVersion,
    clientId: context.clientId ?? "",
    clientHost: `/${withoutMapping(context.connection.remote.host)}`,
    freshUuid: request.memberId === "" ? broker.environment.random.uuid() : "",
  };
}

function mayDescribeAll(topicNames: readonly string[], context: RequestContext): boolean {
  return topicNames.every((name) => context.authorize("Describe", "Topic", name));
}
