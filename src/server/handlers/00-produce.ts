import type { Broker } from "../../broker/broker.js";
import type { Partition } from "../../cluster/replication/partition.js";
import type { TopicImage } from "../../metadata/image.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { Produce } from "../../protocol/messages/00-produce.js";
import type { RequestOf, ResponseOf } from "../../protocol/schema/message.js";
import type { AppendRefusal } from "../../storage/check-append.js";
import type { RequestContext } from "../context.js";
import { type Answer, closing, handler, noAnswer } from "../handler.js";
import { leaderHint, nodeEndpoints } from "../leader-hints.js";
import { refuseRecords } from "../produced-records.js";

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
  return whenDone(broker, request, context, appends);
});

type TopicData = RequestOf<typeof Produce>["topicData"][number];

/** What became of the records for one partition. */
interface Append {
  readonly index: number;
  readonly partition: Partition | null;
  /** The end offset that must be reached before the request is answered. */
  readonly requiredOffset: number;
  errorCode: ErrorCode;
  readonly errorMessage: string | null;
  readonly recordErrors: AppendRefusal["recordErrors"];
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
  const failed = (errorCode: ErrorCode, why: Partial<AppendRefusal> = {}, partition: Partition | null = null) => ({
    index: data.index,
    partition,
    requiredOffset: 0,
    errorCode,
    errorMessage: why.errorMessage ?? null,
    recordErrors: why.recordErrors,
    baseOffset: -1,
    logAppendTimeMs: -1,
  });
  if (acks !== -1 && acks !== 0 && acks !== 1) return failed(errors.INVALID_REQUIRED_ACKS.code);
  if (image === undefined) return failed(unknownTopic(context));
  if (!context.authorize("Write", "Topic", image.name)) return failed(errors.TOPIC_AUTHORIZATION_FAILED.code);
  const partition = broker.partitions.get(image.name, data.index);
  if (partition === undefined || partition.topicId !== image.id) {
    const exists = image.partitions[data.index] !== undefined;
    return failed(exists ? errors.NOT_LEADER_OR_FOLLOWER.code : errors.UNKNOWN_TOPIC_OR_PARTITION.code);
  }
  const records = data.records ?? new Uint8Array();
  const refused = refuseRecords(records, context.apiVersion);
  if (refused !== null) return failed(refused.errorCode, refused);
  const result = partition.append(records, "client", acks);
  if ("errorCode" in result) return failed(result.errorCode, result, isFoundInLog(result.errorCode) ? partition : null);
  return {
    index: data.index,
    partition,
    requiredOffset: result.lastOffset + 1,
    errorCode: errors.NONE.code,
    errorMessage: null,
    recordErrors: undefined,
    baseOffset: result.baseOffset,
    logAppendTimeMs: result.logAppendTimeMs,
  };
}

/** Some errors are found before the log is asked, so Apache Kafka answers them without its start offset. */
function isFoundInLog(errorCode: ErrorCode): boolean {
  return !foundBeforeLog.has(errorCode);
}

const foundBeforeLog: ReadonlySet<ErrorCode> = new Set([
  errors.CORRUPT_MESSAGE.code,
  errors.UNKNOWN_TOPIC_OR_PARTITION.code,
  errors.NOT_LEADER_OR_FOLLOWER.code,
  errors.MESSAGE_TOO_LARGE.code,
  errors.RECORD_LIST_TOO_LARGE.code,
  errors.KAFKA_STORAGE_ERROR.code,
]);

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

/**
 * Parked until the records are where `acks` wants them, or `timeoutMs` has passed: with acks=all in every in-sync replica,
 * with acks=1 in this one, which takes a while only where records are flushed before they are answered.
 */
function whenDone(
  broker: Broker,
  { acks, timeoutMs }: RequestOf<typeof Produce>,
  context: RequestContext,
  appends: TopicAppends,
): ResponseOf<typeof Produce> | Promise<ResponseOf<typeof Produce>> {
  const isDone = ({ partition, requiredOffset }: Append) =>
    partition === null || (acks === 1 ? partition.settledOffset : partition.highWatermark) >= requiredOffset;
  const open = appends.flatMap(({ partitions }) => partitions).filter((append) => !isDone(append));
  if (open.length === 0) return respond(context, appends);
  return new Promise((resolve) => {
    broker.park(context, {
      on: open.flatMap(({ partition }) => (partition === null ? [] : [partition.moved])),
      deadlineMs: context.arrivedMs + timeoutMs,
      tryComplete: () => {
        for (const append of open) append.errorCode = append.partition?.checkLeader(-1) ?? append.errorCode;
        const areDone = open.every((append) => append.errorCode !== errors.NONE.code || isDone(append));
        if (areDone) resolve(respond(context, appends));
        return areDone;
      },
      expire: () => {
        for (const append of open) if (!isDone(append)) append.errorCode = errors.REQUEST_TIMED_OUT.code;
        resolve(respond(context, appends));
      },
    });
  });
}

function respond(context: RequestContext, appends: TopicAppends): ResponseOf<typeof Produce> {
  const leaders = new Set<number>();
  const responses = appends.map(({ name, topicId, image, partitions }) => ({
    name,
    topicId,
    partitionResponses: partitions.map(
      ({ index, errorCode, errorMessage, recordErrors, baseOffset, logAppendTimeMs, partition }) => ({
        index,
        errorCode,
        errorMessage,
        recordErrors: recordErrors?.map(({ batchIndex, message }) => ({ batchIndex, batchIndexErrorMessage: message })),
        baseOffset: errorCode === errors.NONE.code ? baseOffset : -1,
        logAppendTimeMs,
        logStartOffset: partition?.logStartOffset ?? -1,
        currentLeader: leaderHint(image, index, errorCode, leaders),
      }),
    ),
  }));
  return { responses, nodeEndpoints: nodeEndpoints(context, leaders) };
}
