/** The topics that a request about a group names: which of them reach its coordinator, and one answer for all. */
import { groupedBy } from "../../lib/grouped-by.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import type { RequestContext } from "../context.js";

/** From this version on OffsetCommit and OffsetFetch name topics by id alone (KIP-848). */
const TOPIC_IDS_SINCE = 10;

interface RequestedPartition {
  readonly partitionIndex: number;
}

interface RequestedTopic {
  readonly name: string;
  readonly topicId?: string;
  readonly partitions: readonly RequestedPartition[];
}

export interface RefusedTopic {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: ErrorCode }[];
}

/** Looks the name up where the request has only an id. It stays empty when there is no such topic. */
export function withName<T extends { readonly name: string; readonly topicId: string }>(
  topic: T,
  { image, apiVersion }: RequestContext,
): T {
  return apiVersion < TOPIC_IDS_SINCE ? topic : { ...topic, name: image.topicsById.get(topic.topicId)?.name ?? "" };
}

/** Looks the id up, also for callers that know only names: an offset stays with the topic that it was committed to. */
export function withId<T extends { readonly name: string; readonly topicId: string }>(
  topic: T,
  { image }: RequestContext,
): T {
  return { ...topic, topicId: image.topicsByName.get(topic.name)?.id ?? ZERO_UUID };
}

/** Whether the topic was named by an id that nobody has: no topic has an empty name. */
export function isUnknownId({ name }: { readonly name: string }, { apiVersion }: RequestContext): boolean {
  return apiVersion >= TOPIC_IDS_SINCE && name === "";
}

/** The partitions that exist and that the caller may read, and why it is not all of them. */
export function sortOutTopics<T extends RequestedTopic>(
  topics: readonly T[],
  context: RequestContext,
): { readonly accepted: readonly T[]; readonly refused: readonly RefusedTopic[] } {
  const accepted: T[] = [];
  const refused: RefusedTopic[] = [];
  for (const topic of topics) {
    const errorCode = topicError(topic, context);
    if (errorCode !== errors.NONE.code) {
      refused.push(refusedTopic(topic, errorCode));
      continue;
    }
    const image = context.image.topicsByName.get(topic.name);
    if (image === undefined) {
      refused.push(refusedTopic(topic, errors.UNKNOWN_TOPIC_OR_PARTITION.code));
      continue;
    }
    const exists = ({ partitionIndex }: RequestedPartition) => image.partitions[partitionIndex] !== undefined;
    if (topic.partitions.length > 0 && topic.partitions.every(exists)) {
      accepted.push(topic);
      continue;
    }
    const existing = topic.partitions.filter(exists);
    const missing = topic.partitions.filter((partition) => !exists(partition));
    if (existing.length > 0) accepted.push({ ...topic, partitions: existing });
    if (missing.length > 0) {
      refused.push(refusedTopic({ ...topic, partitions: missing }, errors.UNKNOWN_TOPIC_OR_PARTITION.code));
    }
  }
  return { accepted, refused };
}

function topicError(topic: RequestedTopic, context: RequestContext): ErrorCode {
  if (isUnknownId(topic, context)) return errors.UNKNOWN_TOPIC_ID.code;
  return context.authorize("Read", "Topic", topic.name) ? errors.NONE.code : errors.TOPIC_AUTHORIZATION_FAILED.code;
}

export function refusedTopic(
  { name, topicId = ZERO_UUID, partitions }: RequestedTopic,
  errorCode: ErrorCode,
): RefusedTopic {
  return { name, topicId, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })) };
}

interface AnsweredTopic {
  readonly name: string;
  readonly topicId?: string;
  readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[];
}

/**
 * One entry per topic, with the partitions that were refused here and those that the coordinator answered. Like Apache
 * Kafka, it leaves an answer alone to which nothing is to be added, even where a topic is in it twice.
 */
export function joinedTopics<T extends AnsweredTopic>(refused: readonly T[], answered: readonly T[]): readonly T[] {
  if (refused.length === 0) return answered;
  const keyOf = ({ name, topicId }: T) => (name === "" ? (topicId ?? "") : name);
  const byTopic = groupedBy([...refused, ...answered], keyOf);
  return [...byTopic.values()].flatMap((same) => {
    const last = same.at(-1);
    return last === undefined ? [] : [{ ...last, partitions: same.flatMap(({ partitions }) => partitions) }];
  });
}
