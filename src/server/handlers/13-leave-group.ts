import { errors } from "../../protocol/errors.js";
import { LeaveGroup } from "../../protocol/messages/13-leave-group.js";
import { askCoordinator } from "../groups/group-coordinator.js";
import { handler } from "../handler.js";

/** LeaveGroup: members leave a classic group; from version 3 on several at once. */
export const leaveGroup = handler(LeaveGroup, { from: 0, to: 5 }, async (broker, request, context) => {
  const { groupId } = request;
  if (!context.authorize("Read", "Group", groupId)) {
    return { errorCode: errors.GROUP_AUTHORIZATION_FAILED.code, members: [] };
  }
  const { apiVersion } = context;
  const outcome = await askCoordinator(broker, context, groupId, "leaveGroup", { apiVersion, ...request });
  return "reply" in outcome ? outcome.reply : { errorCode: outcome.errorCode, members: [] };
});
