import type { Broker } from "../../broker/broker.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { DescribeGroups } from "../../protocol/messages/15-describe-groups.js";
import type { ResponseOf } from "../../protocol/schema/message.js";
import { authorizedOperations, NOT_ASKED } from "../authorized-operations.js";
import type { RequestContext } from "../context.js";
import { describedOnce } from "../described-once.js";
import { askCoordinator } from "../groups/group-coordinator.js";
import { handler } from "../handler.js";
import { allThere, whenThere } from "../when-there.js";

type GroupAnswer = ResponseOf<typeof DescribeGroups>["groups"][number];

/** DescribeGroups: state and members of classic groups. */
export const describeGroups = handler(DescribeGroups, { from: 0, to: 6 }, (broker, request, context) => {
  const shown = (group: GroupAnswer) => (request.includeAuthorizedOperations ? withOperations(group, context) : group);
  const describe = (groupId: string) => whenThere(describeGroup(broker, context, groupId), shown);
  const groups = allThere(request.groups.map(describedOnce(String, describe)));
  return whenThere(groups, (there) => ({ groups: there }));
});

function describeGroup(broker: Broker, context: RequestContext, groupId: string): GroupAnswer | Promise<GroupAnswer> {
  if (!context.authorize("Describe", "Group", groupId)) {
    return failed(groupId, errors.GROUP_AUTHORIZATION_FAILED.code);
  }
  const { apiVersion } = context;
  const asked = askCoordinator(broker, context, groupId, "describeGroups", { groupIds: [groupId], apiVersion });
  return whenThere(asked, (outcome) => {
    if ("errorCode" in outcome) return failed(groupId, outcome.errorCode);
    return outcome.reply[0] ?? failed(groupId, errors.UNKNOWN_SERVER_ERROR.code);
  });
}

function withOperations(group: GroupAnswer, context: RequestContext): GroupAnswer {
  const isDescribed = group.errorCode === errors.NONE.code;
  const operations = isDescribed ? authorizedOperations(context, "Group", group.groupId) : NOT_ASKED;
  return { ...group, authorizedOperations: operations };
}

function failed(groupId: string, errorCode: ErrorCode): GroupAnswer {
  return { errorCode, groupId, groupState: "", protocolType: "", protocolData: "", members: [] };
}
