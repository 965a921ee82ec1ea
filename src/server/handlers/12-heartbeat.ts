import { errors } from "../../protocol/errors.js";
import { Heartbeat } from "../../protocol/messages/12-heartbeat.js";
import { askCoordinator } from "../groups/group-coordinator.js";
import { handler } from "../handler.js";
import { whenThere } from "../when-there.js";

/** Heartbeat: a member of a classic group is alive. */
export const heartbeat = handler(Heartbeat, { from: 0, to: 4 }, (broker, request, context) => {
  const { groupId } = request;
  if (!context.authorize("Read", "Group", groupId)) return { errorCode: errors.GROUP_AUTHORIZATION_FAILED.code };
  return whenThere(askCoordinator(broker, context, groupId, "heartbeat", request), (outcome) => {
    if ("reply" in outcome) return outcome.reply;
    // Sessions begin anew when the group has been loaded: until then there is nothing that a member could miss.
    const isLoading = outcome.errorCode === errors.COORDINATOR_LOAD_IN_PROGRESS.code;
    return { errorCode: isLoading ? errors.NONE.code : outcome.errorCode };
  });
});
