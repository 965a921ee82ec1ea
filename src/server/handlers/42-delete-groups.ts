import type { Broker } from "../../broker/broker.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { DeleteGroups } from "../../protocol/messages/42-delete-groups.js";
import type { RequestContext } from "../context.js";
import { askCoordinator } from "../groups/group-coordinator.js";
import { handler } from "../handler.js";

/** DeleteGroups: deletes groups without members. A group that is named twice is answered once. */
export const deleteGroups = handler(DeleteGroups, { from: 0, to: 2 }, async (broker, request, context) => {
  const groupIds = [...new Set(request.groupsNames)];
  return { results: await Promise.all(groupIds.map((groupId) => deleteGroup(broker, context, groupId))) };
});

async function deleteGroup(broker: Broker, context: RequestContext, groupId: string) {
  const failed = (errorCode: ErrorCode) => ({ groupId, errorCode });
  if (!context.authorize("Delete", "Group", groupId)) return failed(errors.GROUP_AUTHORIZATION_FAILED.code);
  const outcome = await askCoordinator(broker, context, groupId, "deleteGroups", { groupIds: [groupId] });
  if ("errorCode" in outcome) return failed(outcome.errorCode);
  return outcome.reply[0] ?? failed(errors.UNKNOWN_SERVER_ERROR.code);
}
