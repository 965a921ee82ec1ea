import { type ErrorCode, errors } from "../../protocol/errors.js";
import { OffsetDelete } from "../../protocol/messages/47-offset-delete.js";
import { askCoordinator } from "../groups/group-coordinator.js";
import { joinedTopics, sortOutTopics } from "../groups/group-topics.js";
import { handler } from "../handler.js";

/** OffsetDelete: deletes committed offsets of a group. Only partitions that exist reach the coordinator. */
export const offsetDelete = handler(OffsetDelete, { from: 0, to: 0 }, async (broker, request, context) => {
  const { groupId } = request;
  const failed = (errorCode: ErrorCode) => ({ errorCode, topics: [] });
  if (!context.authorize("Delete", "Group", groupId)) return failed(errors.GROUP_AUTHORIZATION_FAILED.code);
  if (groupId === "") return failed(errors.INVALID_GROUP_ID.code);
  const { accepted, refused } = sortOutTopics(request.topics, context);
  const outcome = await askCoordinator(broker, context, groupId, "offsetDelete", { groupId, topics: accepted });
  if ("errorCode" in outcome) return failed(outcome.errorCode);
  const { errorCode, topics } = outcome.reply;
  // An error of the whole group stands for all that it was asked about.
  return { errorCode, topics: errorCode === errors.NONE.code ? joinedTopics(refused, topics) : [] };
});
