import { errors } from "../../protocol/errors.js";
import { ListGroups } from "../../protocol/messages/16-list-groups.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";
import { listedByShards } from "../listed-by-shards.js";

/** ListGroups: the groups that this broker coordinates. */
export const listGroups = handler(ListGroups, { from: 0, to: 5 }, async (broker, request, context) => {
  const shards = [...broker.groups.all()];
  const outcomes = await Promise.all(shards.map((shard) => shard.call("listGroups", request, { caller: context })));
  const all = listedByShards(outcomes);
  if ("errorCode" in all) return { errorCode: all.errorCode, groups: [] };
  const seesAll = context.authorize("Describe", "Cluster", clusterResource);
  const mayDescribe = (id: string) => seesAll || context.authorize("Describe", "Group", id);
  return { errorCode: errors.NONE.code, groups: all.listed.filter(({ groupId }) => mayDescribe(groupId)) };
});
