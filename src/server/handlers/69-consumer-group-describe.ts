import type { Broker } from "../../broker/broker.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { ConsumerGroupDescribe } from "../../protocol/messages/69-consumer-group-describe.js";
import type { ResponseOf } from "../../protocol/schema/message.js";
import { authorizedOperations, NOT_ASKED } from "../authorized-operations.js";
import type { RequestContext } from "../context.js";
import { describedOnce } from "../described-once.js";
import { servesConsumerGroups } from "../groups/consumer-groups-served.js";
import { askCoordinator } from "../groups/group-coordinator.js";
import { handler } from "../handler.js";
import { allThere, whenThere } from "../when-there.js";

type GroupAnswer = ResponseOf<typeof ConsumerGroupDescribe>["groups"][number];

/** ConsumerGroupDescribe: state, members and assignments of consumer groups. */
export const consumerGroupDescribe = handler(ConsumerGroupDescribe, { from: 0, to: 1 }, (broker, request, context) => {
  const shown = (group: GroupAnswer) => (request.includeAuthorizedOperations ? withOperations(group, context) : group);
  const describe = (groupId: string) => whenThere(describeGroup(broker, context, groupId), shown);
  const groups = allThere(request.groupIds.map(describedOnce(String, describe)));
  return whenThere(groups, (there) => ({ groups: there }));
});

function describeGroup(broker: Broker, context: RequestContext, groupId: string): GroupAnswer | Promise<GroupAnswer> {
  if (!servesConsumerGroups(broker, context)) return failed(groupId, errors.UNSUPPORTED_VERSION.code);
  if (!context.authorize("Describe", "Group", groupId)) {
    return failed(groupId, errors.GROUP_AUTHORIZATION_FAILED.code);
  }
  if (groupId === "") return failed(groupId, errors.INVALID_GROUP_ID.code);
  const asked = askCoordinator(broker, context, groupId, "consumerGroupDescribe", { groupIds: [groupId] });
  return whenThere(asked, (outcome) => {
    if ("errorCode" in outcome) return failed(groupId, outcome.errorCode);
    const [group = failed(groupId, errors.UNKNOWN_SERVER_ERROR.code)] = outcome.reply;
    return namesHiddenTopic(group, context) ? failed(groupId, errors.TOPIC_AUTHORIZATION_FAILED.code) : group;
  });
}

/** Who may not describe all topics that the members have or subscribed to sees nothing of the group. */
function namesHiddenTopic({ members }: GroupAnswer, context: RequestContext): boolean {
  return members.some(({ subscribedTopicNames, assignment, targetAssignment }) => {
    const assigned = [...assignment.topicPartitions, ...targetAssignment.topicPartitions];
    const names = [...subscribedTopicNames, ...assigned.map(({ topicName }) => topicName)];
    return names.some((name) => !context.authorize("Describe", "Topic", name));
  });
}

function withOperations(group: GroupAnswer, context: RequestContext): GroupAnswer {
  const isDescribed = group.errorCode === errors.NONE.code;
  const operations = isDescribed ? authorizedOperations(context, "Group", group.groupId) : NOT_ASKED;
  return { ...group, authorizedOperations: operations };
}

function failed(groupId: string, errorCode: ErrorCode): GroupAnswer {
  return { errorCode, groupId, members: [] };
}
