import { errors } from "../../protocol/errors.js";
import { CreatePartitions } from "../../protocol/messages/37-create-partitions.js";
import { handler } from "../handler.js";

/** CreatePartitions: answered when the metadata log holds the partitions, or `timeoutMs` has passed. */
export const createPartitions = handler(CreatePartitions, { from: 0, to: 3 }, async (broker, request, context) => {
  const { timeoutMs } = request;
  const mayAlter = (name: string) => context.authorize("Alter", "Topic", name);
  const topics = request.topics.filter(({ name }) => mayAlter(name));
  const refused = new Set(request.topics.map(({ name }) => name).filter((name) => !mayAlter(name)));
  const outcome = await broker.controller.call(
    "createPartitions",
    { ...request, topics },
    { timeoutMs, caller: context },
  );
  const answers =
    "reply" in outcome ? outcome.reply.results : topics.map(({ name }) => ({ name, errorCode: outcome.errorCode }));
  const errorCode = errors.TOPIC_AUTHORIZATION_FAILED.code;
  return { results: [...answers, ...[...refused].map((name) => ({ name, errorCode }))] };
});
