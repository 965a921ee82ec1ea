import { type ErrorCode, errors } from "../../protocol/errors.js";
import { SyncGroup } from "../../protocol/messages/14-sync-group.js";
import { askCoordinator } from "../groups/group-coordinator.js";
import { handler } from "../handler.js";
import { whenThere } from "../when-there.js";

/** SyncGroup: the leader of a classic group hands in the assignment, and every member receives its part. */
export const syncGroup = handler(SyncGroup, { from: 0, to: 5 }, (broker, request, context) => {
  const { groupId, protocolType, protocolName } = request;
  const saysItsProtocol = protocolType !== null && protocolName !== null;
  if (context.apiVersion >= 5 && !saysItsProtocol) return failed(errors.INCONSISTENT_GROUP_PROTOCOL.code);
  if (!context.authorize("Read", "Group", groupId)) return failed(errors.GROUP_AUTHORIZATION_FAILED.code);
  return whenThere(askCoordinator(broker, context, groupId, "syncGroup", request), (outcome) =>
    "reply" in outcome ? outcome.reply : failed(outcome.errorCode),
  );
});

function failed(errorCode: ErrorCode) {
  return { errorCode, assignment: new Uint8Array() };
}
