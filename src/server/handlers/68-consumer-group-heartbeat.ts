import { withoutMapping } from "../../broker/reach.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { ConsumerGroupHeartbeat } from "../../protocol/messages/68-consumer-group-heartbeat.js";
import { servesConsumerGroups } from "../consumer-groups-served.js";
import type { RequestContext } from "../context.js";
import { askCoordinator } from "../group-coordinator.js";
import { handler } from "../handler.js";

/** ConsumerGroupHeartbeat: a member of a consumer group joins, lives, reconciles its assignment and leaves. */
export const consumerGroupHeartbeat = handler(
  ConsumerGroupHeartbeat,
  { from: 0, to: 1 },
  async (broker, request, context) => {
    const failed = (errorCode: ErrorCode) => ({ errorCode });
    const { groupId, subscribedTopicNames } = request;
    if (!servesConsumerGroups(broker, context)) return failed(errors.UNSUPPORTED_VERSION.code);
    if (!context.authorize("Read", "Group", groupId)) return failed(errors.GROUP_AUTHORIZATION_FAILED.code);
    if (!mayDescribeAll(subscribedTopicNames ?? [], context)) return failed(errors.TOPIC_AUTHORIZATION_FAILED.code);
    const outcome = await askCoordinator(broker, context, groupId, "consumerGroupHeartbeat", {
      apiVersion: context.apiVersion,
      clientId: context.clientId ?? "",
      clientHost: `/${withoutMapping(context.connection.remote.host)}`,
      freshUuid: request.memberId === "" ? broker.environment.random.uuid() : "",
      ...request,
    });
    return "reply" in outcome ? outcome.reply : failed(outcome.errorCode);
  },
);

function mayDescribeAll(topicNames: readonly string[], context: RequestContext): boolean {
  return topicNames.every((name) => context.authorize("Describe", "Topic", name));
}
