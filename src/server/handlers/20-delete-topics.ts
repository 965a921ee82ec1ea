import { errors } from "../../protocol/errors.js";
import { DeleteTopics } from "../../protocol/messages/20-delete-topics.js";
import type { RequestOf, ResponseOf } from "../../protocol/schema/message.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import { clusterResource } from "../../security/authorizer.js";
import type { RequestContext } from "../context.js";
import { handler } from "../handler.js";

type DeleteTopicsRequest = RequestOf<typeof DeleteTopics>;
type RequestedTopic = DeleteTopicsRequest["topics"][number];
type TopicAnswer = ResponseOf<typeof DeleteTopics>["responses"][number];

/** DeleteTopics: answered when the metadata log says so. Since version 6 a topic is named by its name or by its id. */
export const deleteTopics = handler(DeleteTopics, { from: 0, to: 6 }, async (broker, request, context) => {
  const { timeoutMs } = request;
  const requested = requestedTopics(request, context);
  if (!broker.config.topics.deleteTopicEnable) {
    const errorCode = context.apiVersion < 3 ? errors.INVALID_REQUEST.code : errors.TOPIC_DELETION_DISABLED.code;
    return { responses: requested.map((topic) => ({ ...topic, errorCode })) };
  }
  const mayDeleteAll = context.authorize("Delete", "Cluster", clusterResource);
  const refused = mayDeleteAll ? [] : requested.map((topic) => refusal(topic, context));
  const topics = requested.filter((_, i) => (refused[i] ?? null) === null);
  const call = { topics, topicNames: [], timeoutMs };
  const outcome = await broker.controller.call("deleteTopics", call, { timeoutMs, caller: context });
  const answers =
    "reply" in outcome ? outcome.reply.responses : topics.map((topic) => ({ ...topic, errorCode: outcome.errorCode }));
  return { responses: [...answers, ...refused.filter((answer) => answer !== null)] };
});

function requestedTopics({ topics, topicNames }: DeleteTopicsRequest, { apiVersion }: RequestContext) {
  return apiVersion >= 6 ? topics : topicNames.map((name) => ({ name, topicId: ZERO_UUID }));
}

/** Why the caller may not delete the topic. The name behind an id is told only to those who may see the topic. */
function refusal(topic: RequestedTopic, context: RequestContext): TopicAnswer | null {
  const { topicId } = topic;
  const name = topic.name ?? context.image.topicsById.get(topicId)?.name;
  if (name === undefined) {
    return topicId === ZERO_UUID ? null : { name: null, topicId, errorCode: errors.UNKNOWN_TOPIC_ID.code };
  }
  const maySee = context.authorize("Describe", "Topic", name);
  if (maySee && context.authorize("Delete", "Topic", name)) return null;
  return { name: maySee ? name : topic.name, topicId, errorCode: errors.TOPIC_AUTHORIZATION_FAILED.code };
}
