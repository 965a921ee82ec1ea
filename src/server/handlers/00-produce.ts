import type { Broker } from "../../broker/broker.js";
import type { Partition } from "../../cluster/replication/partition.js";
import type { TopicImage } from "../../metadata/image.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { Produce } from "../../protocol/messages/00-produce.js";
import type { RequestOf, ResponseOf } from "../../protocol/schema/message.js";
import type { RequestContext } from "../context.js";
import { type Answer, closing, handler, noAnswer } from "../handler.js";
import { leaderHint, nodeEndpoints } from "../leader-hints.js";

/**
 * Produce: appends record batches to partitions that this broker leads. Versions 0 to 2 carry the message sets of old;
 * they are advertised only because librdkafka derives compression from it (KAFKA-18659).
 */
export const produce = handler(Produce, { from: 3, to: 13, advertisedFrom: 0 }, (broker, request, context) => {
  const appends = request.topicData.map((topic) => {
    const image = findTopic(context, topic);
    const partitions = topic.partitionData.map((data) => appendOne(broker, request.acks, context, image, data));
    return { name: topic.name, topicId: topic.topicId, image, partitions };
  });
  context.appended();
  if (request.acks === 0) return withoutAnswer(appends);
  if (request.acks === 1) return respond(context, appends);
  return whenReplicated(broker, request.timeoutMs, context, appends);
});

type TopicData = RequestOf<typeof Produce>["topicData"][number];

/** What became of the records for one partition. */
interface Append {
  readonly index: number;
  readonly partition: Partition | null;
  /** The end offset that every in-sync replica must reach before acks=all is answered. */
  readonly requiredOffset: number;
  errorCode: ErrorCode;
  readonly errorMessage: string | null;
  readonly baseOffset: number;
  readonly logAppendTimeMs: number;
}

type TopicAppends = readonly {
  readonly name: string;
  readonly topicId: string;
  readonly image: TopicImage | undefined;
  readonly partitions: readonly Append[];
}[];

function findTopic(context: RequestContext, { name, topicId }: TopicData): TopicImage | undefined {
  const { topicsById, topicsByName } = context.image;
  return context.apiVersion >= 13 ? topicsById.get(topicId) : topicsByName.get(name);
}

function appendOne(
  broker: Broker,
  acks: number,
  context: RequestContext,
  image: TopicImage | undefined,
  data: TopicData["partitionData"][number],
): Append {
  const failed = (errorCode: ErrorCode, errorMessage: string | null = null, partition: Partition | null = null) => ({
    index: data.index,
    partition,
    requiredOffset: 0,
    errorCode,
    errorMessage,
    baseOffset: -1,
    logAppendTimeMs: -1,
  });
  if (acks !== -1 && acks !== 0 && acks !== 1) return failed(errors.INVALID_REQUIRED_ACKS.code);
  if (image === undefined) return failed(unknownTopic(context));
  if (!context.authorize("Write", "Topic", image.name)) return failed(errors.TOPIC_AUTHORIZATION_FAILED.code);
  const partition = broker.partitions.get(image.name, data.index);
  if (partition === undefined || partition.topicId !== image.id) {
    return failed(data.index in image.partitions ? errors.NOT_LEADER_OR_FOLLOWER.code : unknownTopic(context));
  }
  const result = partition.append(data.records ?? new Uint8Array(), "client", acks);
  if ("errorCode" in result) return failed(result.errorCode, result.errorMessage ?? null, partition);
  return {
    index: data.index,
    partition,
    requiredOffset: result.lastOffset + 1,
    errorCode: errors.NONE.code,
    errorMessage: null,
    baseOffset: result.baseOffset,
    logAppendTimeMs: result.logAppendTimeMs,
  };
}

function unknownTopic(context: RequestContext): ErrorCode {
  return context.apiVersion >= 13 ? errors.UNKNOWN_TOPIC_ID.code : errors.UNKNOWN_TOPIC_OR_PARTITION.code;
}

/** acks=0 wants no response. An error can only be told by closing, which makes the client ask for new metadata. */
function withoutAnswer(appends: TopicAppends): Answer<ResponseOf<typeof Produce>> {
  for (const { name, partitions } of appends) {
    const failed = partitions.find(({ errorCode }) => errorCode !== errors.NONE.code);
    if (failed !== undefined)
      return closing(`a produce with acks=0 failed with ${failed.errorCode} on ${name}-${failed.index}`);
  }
  return noAnswer;
}

/** acks=all: parked until every in-sync replica has the records, or `timeoutMs` has passed. */
function whenReplicated(
  broker: Broker,
  timeoutMs: number,
  context: RequestContext,
  appends: TopicAppends,
): ResponseOf<typeof Produce> | Promise<ResponseOf<typeof Produce>> {
  const open = appends.flatMap(({ partitions }) => partitions).filter((append) => !isReplicated(append));
  if (open.length === 0) return respond(context, appends);
  return new Promise((resolve) => {
    broker.park(context, {
      on: open.flatMap(({ partition }) => (partition === null ? [] : [partition.moved])),
      deadlineMs: context.arrivedMs + timeoutMs,
      tryComplete: () => {
        for (const append of open) append.errorCode = append.partition?.checkLeader(-1) ?? append.errorCode;
        const isDone = open.every((append) => append.errorCode !== errors.NONE.code || isReplicated(append));
        if (isDone) resolve(respond(context, appends));
        return isDone;
      },
      expire: () => {
        for (const append of open) if (!isReplicated(append)) append.errorCode = errors.REQUEST_TIMED_OUT.code;
        resolve(respond(context, appends));
      },
    });
  });
}

function isReplicated({ partition, requiredOffset }: Append): boolean {
  return partition === null || partition.highWatermark >= requiredOffset;
}

function respond(context: RequestContext, appends: TopicAppends): ResponseOf<typeof Produce> {
  const leaders = new Set<number>();
  const responses = appends.map(({ name, topicId, image, partitions }) => ({
    name,
    topicId,
    partitionResponses: partitions.map(
      ({ index, errorCode, errorMessage, baseOffset, logAppendTimeMs, partition }) => ({
        index,
        errorCode,
        errorMessage,
        baseOffset: errorCode === errors.NONE.code ? baseOffset : -1,
        logAppendTimeMs,
        logStartOffset: errorCode === errors.NONE.code ? (partition?.logStartOffset ?? -1) : -1,
        currentLeader: leaderHint(image, index, errorCode, leaders),
      }),
    ),
  }));
  return { responses, nodeEndpoints: nodeEndpoints(context, leaders) };
}
