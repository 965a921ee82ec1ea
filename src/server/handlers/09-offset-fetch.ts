import type { Broker } from "../../broker/broker.js";
import type { OffsetFetchReply } from "../../groups/calls.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { OffsetFetch } from "../../protocol/messages/09-offset-fetch.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import type { RequestContext } from "../context.js";
import { describedOnce } from "../described-once.js";
import { askCoordinator } from "../groups/group-coordinator.js";
import { isUnknownId, withId, withName } from "../groups/group-topics.js";
import { handler } from "../handler.js";
import { allThere, whenThere } from "../when-there.js";

type OffsetFetchRequest = RequestOf<typeof OffsetFetch>;
type RequestedGroup = OffsetFetchRequest["groups"][number];
type RequestedTopic = NonNullable<RequestedGroup["topics"]>[number];
type GroupAnswer = OffsetFetchReply;
type TopicAnswer = GroupAnswer["topics"][number];

/** OffsetFetch: how far groups have read. Up to version 7 a request is about one group, in fields of its own. */
export const offsetFetch = handler(OffsetFetch, { from: 0, to: 10 }, (broker, request, context) => {
  const fetch = (group: RequestedGroup) => fetchGroup(broker, context, group, request.requireStable);
  const fetched = allThere(requestedGroups(request, context).map(describedOnce(keyOfAllOffsets, fetch)));
  return whenThere(fetched, (groups) => {
    if (context.apiVersion >= 8) return { groups };
    const [{ topics, errorCode } = { topics: [], errorCode: errors.NONE.code }] = groups;
    return { topics, errorCode };
  });
});

/** Null where the request itself is as long as the answer: it names the partitions. */
function keyOfAllOffsets({ groupId, memberId, memberEpoch, topics }: RequestedGroup): string | null {
  return topics === null ? JSON.stringify([groupId, memberId, memberEpoch]) : null;
}

function requestedGroups({ groupId, topics, groups }: OffsetFetchRequest, { apiVersion }: RequestContext) {
  if (apiVersion >= 8) return groups;
  const named = topics?.map((topic) => ({ ...topic, topicId: ZERO_UUID })) ?? null;
  return [{ groupId, memberId: null, memberEpoch: -1, topics: named }];
}

function fetchGroup(
  broker: Broker,
  context: RequestContext,
  group: RequestedGroup,
  requireStable: boolean,
): GroupAnswer | Promise<GroupAnswer> {
  const { groupId } = group;
  if (!context.authorize("Describe", "Group", groupId)) {
    return failedGroup(group, errors.GROUP_AUTHORIZATION_FAILED.code, context);
  }
  const named = group.topics?.map((topic) => withName(topic, context)) ?? null;
  const readable = named?.filter((topic) => topicError(topic, context) === errors.NONE.code) ?? null;
  // Offsets of an earlier topic of that name may outlive it, when a crash comes before they are deleted.
  const topics = readable?.map((topic) => withId(topic, context)) ?? null;
  const asked = askCoordinator(broker, context, groupId, "offsetFetch", { ...group, topics, requireStable });
  return whenThere(asked, (outcome) => {
    if ("errorCode" in outcome) return failedGroup(group, lookAgain(outcome.errorCode), context);
    const { reply } = outcome;
    if (named === null) return { ...reply, topics: visibleTopics(reply.topics, context) };
    const failed = named.flatMap((topic) => {
      const errorCode = topicError(topic, context);
      return errorCode === errors.NONE.code ? [] : [failedTopic(topic, errorCode)];
    });
    return { ...reply, topics: [...reply.topics, ...failed] };
  });
}

function topicError(topic: RequestedTopic, context: RequestContext): ErrorCode {
  if (isUnknownId(topic, context)) return errors.UNKNOWN_TOPIC_ID.code;
  return context.authorize("Describe", "Topic", topic.name) ? errors.NONE.code : errors.TOPIC_AUTHORIZATION_FAILED.code;
}

/** Who asked for all topics sees those that it may describe; since version 10, those that have an id. */
function visibleTopics(topics: GroupAnswer["topics"], context: RequestContext): TopicAnswer[] {
  const described = topics.filter(({ name }) => context.authorize("Describe", "Topic", name));
  if (context.apiVersion < 10) return described;
  return described.flatMap((topic) => {
    const topicId = topic.topicId === ZERO_UUID ? context.image.topicsByName.get(topic.name)?.id : topic.topicId;
    return topicId === undefined ? [] : [{ ...topic, topicId }];
  });
}

/** Consumers before 3.9 do not ask again after COORDINATOR_NOT_AVAILABLE here; this makes them look for the coordinator. */
function lookAgain(errorCode: ErrorCode): ErrorCode {
  return errorCode === errors.COORDINATOR_NOT_AVAILABLE.code ? errors.NOT_COORDINATOR.code : errorCode;
}

/** Up to version 1 there is no place for an error of the whole group: every partition carries it. */
function failedGroup(
  { groupId, topics }: RequestedGroup,
  errorCode: ErrorCode,
  { apiVersion }: RequestContext,
): GroupAnswer {
  if (apiVersion >= 2) return { groupId, topics: [], errorCode };
  return { groupId, topics: topics?.map((topic) => failedTopic(topic, errorCode)) ?? [], errorCode };
}

function failedTopic({ name, topicId, partitionIndexes }: RequestedTopic, errorCode: ErrorCode): TopicAnswer {
  const partitions = partitionIndexes.map((partitionIndex) => ({
    partitionIndex,
    committedOffset: -1,
    metadata: "",
    errorCode,
  }));
  return { name, topicId, partitions };
}
