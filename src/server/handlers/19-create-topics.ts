import { type ErrorCode, errors } from "../../protocol/errors.js";
import { CreateTopics } from "../../protocol/messages/19-create-topics.js";
import type { ResponseOf } from "../../protocol/schema/message.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import { clusterResource } from "../../security/authorizer.js";
import type { RequestContext } from "../context.js";
import { handler } from "../handler.js";

type TopicAnswer = ResponseOf<typeof CreateTopics>["topics"][number];

/** CreateTopics: answered when the metadata log holds the topics, or `timeoutMs` has passed. */
export const createTopics = handler(CreateTopics, { from: 0, to: 7 }, async (broker, request, context) => {
  const { timeoutMs } = request;
  const mayCreateAll = context.authorize("Create", "Cluster", clusterResource);
  const mayCreate = (name: string) => mayCreateAll || context.authorize("Create", "Topic", name);
  const topics = request.topics.filter(({ name }) => mayCreate(name));
  const refused = new Set(request.topics.map(({ name }) => name).filter((name) => !mayCreate(name)));
  const outcome = await broker.controller.call("createTopics", { ...request, topics }, { timeoutMs, caller: context });
  const answers =
    "reply" in outcome
      ? outcome.reply.topics.map((topic) => asFarAsVisible(topic, context))
      : topics.map(({ name }) => failed(name, outcome.errorCode, null));
  const forbidden = errors.TOPIC_AUTHORIZATION_FAILED.code;
  return { topics: [...answers, ...[...refused].map((name) => failed(name, forbidden, "Authorization failed."))] };
});

/** KIP-525: what became of the topic is only for those who may look at its configuration. */
function asFarAsVisible(topic: TopicAnswer, context: RequestContext): TopicAnswer {
  const { name, topicId, errorCode } = topic;
  if (errorCode !== errors.NONE.code || context.authorize("DescribeConfigs", "Topic", name)) return topic;
  return { name, topicId, errorCode, topicConfigErrorCode: errors.TOPIC_AUTHORIZATION_FAILED.code, configs: [] };
}

function failed(name: string, errorCode: ErrorCode, errorMessage: string | null): TopicAnswer {
  return { name, topicId: ZERO_UUID, errorCode, errorMessage, configs: [] };
}
