import type { Broker } from "../../broker/broker.js";
import { isInternalTopic } from "../../broker/internal-topics.js";
import type { Partition } from "../../cluster/replication/partition.js";
import type { TopicImage } from "../../metadata/image/image.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { Produce } from "../../protocol/messages/00-produce.js";
import { isRefusal } from "../../protocol/records/check-batch.js";
import type { RequestOf, ResponseOf } from "../../protocol/schema/message.js";
import type { AppendRefusal } from "../../storage/log-results.js";
import type { RequestContext } from "../context.js";
import { type Answer, closing, handler, noAnswer } from "../handler.js";
import { leaderHint, nodeEndpoints } from "../partitions/leader-hints.js";
import { namedOnce, type TopicsOf } from "../partitions/named-once.js";
import { producedBatch } from "../partitions/produced-records.js";
import {
  type Admissions,
  admitTransactionalBatches,
  hasTransactionalBatches,
  noAdmissions,
  type PartitionData,
  refuseTransactionalRequest,
} from "../transactions/produce-transaction.js";

/**
 * Produce: appends record batches to partitions that this broker leads. Up to version 2 clients may send the messages
 * of old, which become a batch on their way in.
 */
export const produce = handler(Produce, { from: 0, to: 13 }, (broker, given, context) => {
  const request = { ...given, topicData: namedOnce(given.topicData, topicsOfProduce) };
  if (!hasTransactionalBatches(request)) return appendAll(broker, request, context, noAdmissions);
  const refusal = refuseTransactionalRequest(request, context);
  if (refusal !== null) return refuseAll(request, context, refusal);
  const admissions = admitTransactionalBatches(broker, request, context, (topic, data) => {
    const located = locate(broker, context, findTopic(context, topic), data);
    return "errorCode" in located ? null : located.partition;
  });
  if ("errorCode" in admissions) return refuseAll(request, context, admissions);
  if (!(admissions instanceof Promise)) return appendAll(broker, request, context, admissions);
  return admissions.then((admitted) => appendAll(broker, request, context, admitted));
});

/** Apache Kafka lets its own tools write what coordinators keep, and knows them by this name alone. */
const ADMIN_CLIENT_ID = "__admin_client";

type ProduceRequest = RequestOf<typeof Produce>;
type TopicData = ProduceRequest["topicData"][number];

const topicsOfProduce: TopicsOf<TopicData, PartitionData> = {
  keyOf: ({ name, topicId }) => `${name} ${topicId}`,
  partitionsOf: ({ partitionData }) => partitionData,
  indexOf: ({ index }) => index,
  withPartitions: (topic, partitionData) => ({ ...topic, partitionData }),
};

/** What became of the records for one partition. */
interface Append {
  readonly index: number;
  readonly partition: Partition | null;
  /** The end offset that must be reached before the request is answered. */
  readonly requiredOffset: number;
  /** Since when the leader that appended them leads; null: nobody did. */
  readonly leadingSince: number | null;
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

/** The next Produce of the connection may start when this one's records are in the log. */
function appendAll(broker: Broker, request: ProduceRequest, context: RequestContext, admissions: Admissions) {
  const appends = request.topicData.map((topic) => {
    const image = findTopic(context, topic);
    const append = (data: PartitionData) => appendOne(broker, request.acks, context, image, data, admissions);
    return { name: topic.name, topicId: topic.topicId, image, partitions: topic.partitionData.map(append) };
  });
  context.appended();
  return request.acks === 0 ? withoutAnswer(appends) : whenDone(broker, request, context, appends);
}

function refuseAll({ acks, topicData }: ProduceRequest, context: RequestContext, refusal: Refusal) {
  const appends = topicData.map(({ name, topicId, partitionData }) => {
    const partitions = partitionData.map(({ index }) => failedAppend(index, refusal));
    return { name, topicId, image: undefined, partitions };
  });
  return acks === 0 ? withoutAnswer(appends) : respond(context, appends);
}

function findTopic(context: RequestContext, { name, topicId }: TopicData): TopicImage | undefined {
  const { topicsById, topicsByName } = context.image;
  return context.apiVersion >= 13 ? topicsById.get(topicId) : topicsByName.get(name);
}

type Refusal = Partial<AppendRefusal> & { readonly errorCode: ErrorCode };

/** Where the records belong, if nothing speaks against them before the log is asked. */
function locate(
  broker: Broker,
  context: RequestContext,
  image: TopicImage | undefined,
  { index, records }: PartitionData,
): { readonly partition: Partition; readonly records: Uint8Array } | Refusal {
  if (image === undefined) return { errorCode: unknownTopic(context) };
  if (!context.authorize("Write", "Topic", image.name)) return { errorCode: errors.TOPIC_AUTHORIZATION_FAILED.code };
  const partition = broker.partitions.get(image.name, index);
  if (partition === undefined || partition.topicId !== image.id) {
    const exists = image.partitions[index] !== undefined;
    return { errorCode: exists ? errors.NOT_LEADER_OR_FOLLOWER.code : errors.UNKNOWN_TOPIC_OR_PARTITION.code };
  }
  const batch = producedBatch(records ?? new Uint8Array(), context.apiVersion);
  return isRefusal(batch) ? batch : { partition, records: batch };
}

function appendOne(
  broker: Broker,
  acks: number,
  context: RequestContext,
  image: TopicImage | undefined,
  data: PartitionData,
  admissions: Admissions,
): Append {
  const { index } = data;
  const located = locate(broker, context, image, data);
  if ("errorCode" in located) {
    // As in Apache Kafka, nobody is sent to the leader with what no leader takes.
    const isElsewhere = located.errorCode === errors.NOT_LEADER_OR_FOLLOWER.code;
    return failedAppend(index, isElsewhere && !isAcks(acks) ? invalidAcks : located);
  }
  const admission = admissions.get(data) ?? { verification: null };
  if ("errorCode" in admission) return failedAppend(index, admission);
  if (!isAcks(acks)) return failedAppend(index, invalidAcks);
  const { partition, records } = located;
  if (isInternalTopic(partition.topic) && context.clientId !== ADMIN_CLIENT_ID) {
    return failedAppend(index, { errorCode: errors.INVALID_TOPIC_EXCEPTION.code });
  }
  const result = partition.append(records, "client", acks, admission.verification);
  if ("errorCode" in result) return failedAppend(index, result, isFoundInLog(result.errorCode) ? partition : null);
  return {
    index,
    partition,
    requiredOffset: result.lastOffset + 1,
    leadingSince: partition.leadingSince,
    errorCode: errors.NONE.code,
    errorMessage: null,
    recordErrors: undefined,
    baseOffset: result.baseOffset,
    logAppendTimeMs: result.logAppendTimeMs,
  };
}

const invalidAcks: Refusal = { errorCode: errors.INVALID_REQUIRED_ACKS.code };

function isAcks(acks: number): boolean {
  return acks === -1 || acks === 0 || acks === 1;
}

function failedAppend(index: number, why: Refusal, partition: Partition | null = null): Append {
  return {
    index,
    partition,
    requiredOffset: 0,
    leadingSince: null,
    errorCode: why.errorCode,
    errorMessage: why.errorMessage ?? null,
    recordErrors: why.recordErrors,
    baseOffset: -1,
    logAppendTimeMs: -1,
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
  { acks, timeoutMs }: ProduceRequest,
  context: RequestContext,
  appends: TopicAppends,
): ResponseOf<typeof Produce> | Promise<ResponseOf<typeof Produce>> {
  const isDone = ({ partition, requiredOffset }: Append) =>
    partition === null || (acks === 1 ? partition.settledOffset : partition.highWatermark) >= requiredOffset;
  let open = appends.flatMap(({ partitions }) => partitions).filter((append) => !isDone(append));
  if (open.length === 0) return respond(context, appends);
  // Each is judged once: what becomes of its partition later is no matter of this answer.
  const isJudged = (append: Append) => {
    const isReached = isDone(append);
    append.errorCode = isReached ? whenReached(append, acks) : whileOpen(append);
    return isReached || append.errorCode !== errors.NONE.code;
  };
  return new Promise((resolve) => {
    broker.park(context, {
      on: open.flatMap(({ partition }) => (partition === null ? [] : [partition.moved])),
      deadlineMs: context.arrivedMs + timeoutMs,
      tryComplete: () => {
        open = open.filter((append) => !isJudged(append));
        if (open.length === 0) resolve(respond(context, appends));
        return open.length === 0;
      },
      expire: () => {
        for (const append of open) if (!isJudged(append)) append.errorCode = errors.REQUEST_TIMED_OUT.code;
        resolve(respond(context, appends));
      },
    });
  });
}

/** When another broker has led meanwhile, other records may lie at these offsets. */
function whileOpen({ partition, leadingSince }: Append): ErrorCode {
  const errorCode = partition?.checkLeader(-1) ?? errors.NONE.code;
  const isLost = errorCode === errors.NONE.code && partition?.leadingSince !== leadingSince;
  return isLost ? errors.NOT_LEADER_OR_FOLLOWER.code : errorCode;
}

/** The records are committed, but fewer replicas have them than acks=all wants. */
function whenReached(append: Append, acks: number): ErrorCode {
  const errorCode = whileOpen(append);
  if (errorCode !== errors.NONE.code || acks !== -1) return errorCode;
  const isKept = append.partition?.leading?.hasEnoughInSync() ?? true;
  return isKept ? errors.NONE.code : errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND.code;
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
