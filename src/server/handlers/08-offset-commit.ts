import { errors } from "../../protocol/errors.js";
import { OffsetCommit } from "../../protocol/messages/08-offset-commit.js";
import { askCoordinator } from "../groups/group-coordinator.js";
import { joinedTopics, refusedTopic, sortOutTopics, withId, withName } from "../groups/group-topics.js";
import { handler } from "../handler.js";

/** OffsetCommit: stores how far a group has read. Only partitions that exist reach the coordinator. */
export const offsetCommit = handler(OffsetCommit, { from: 0, to: 10 }, async (broker, request, context) => {
  const { groupId } = request;
  const named = request.topics.map((topic) => withName(topic, context));
  if (!context.authorize("Read", "Group", groupId)) {
    return { topics: named.map((topic) => refusedTopic(topic, errors.GROUP_AUTHORIZATION_FAILED.code)) };
  }
  const { accepted, refused } = sortOutTopics(named, context);
  if (accepted.length === 0) return { topics: joinedTopics(refused, []) };
  const topics = accepted.map((topic) => withId(topic, context));
  const call = { apiVersion: context.apiVersion, ...request, topics };
  const answer = askCoordinator(broker, context, groupId, "offsetCommit", call);
  context.appended();
  const outcome = await answer;
  if ("reply" in outcome) return { topics: joinedTopics(refused, outcome.reply.topics) };
  const failed = accepted.map((topic) => refusedTopic(topic, outcome.errorCode));
  return { topics: joinedTopics(refused, failed) };
});
