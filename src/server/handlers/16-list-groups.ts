import { errors } from "../../protocol/errors.js";
import { ListGroups } from "../../protocol/messages/16-list-groups.js";
import { clusterResource } from "../../security/authorizer.js";
import { coordinatorError } from "../groups/group-coordinator.js";
import { handler } from "../handler.js";

/** ListGroups: the groups that this broker coordinates. One shard that cannot tell yet spoils the whole list. */
export const listGroups = handler(ListGroups, { from: 0, to: 5 }, async (broker, request, context) => {
  const outcomes = await Promise.all(
    [...broker.groups.all()].map((shard) => shard.call("listGroups", request, { caller: context })),
  );
  const seesAll = context.authorize("Describe", "Cluster", clusterResource);
  const groups = [];
  for (const outcome of outcomes) {
    if ("reply" in outcome) {
      groups.push(...outcome.reply.filter(({ groupId }) => seesAll || context.authorize("Describe", "Group", groupId)));
    } else {
      const errorCode = coordinatorError(outcome.errorCode);
      // A shard that has just gone elsewhere is listed there.
      if (errorCode !== errors.NOT_COORDINATOR.code) return { errorCode, groups: [] };
    }
  }
  return { errorCode: errors.NONE.code, groups };
});
