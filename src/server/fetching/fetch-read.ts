/** Reading for a Fetch: one pass over the partitions that it names, within its byte limits. */
import type { Broker } from "../../broker/broker.js";
import type { Partition, ReadUpTo } from "../../cluster/replication/partition.js";
import type { TopicImage } from "../../metadata/image/image.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { Fetch } from "../../protocol/messages/01-fetch.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import type { LogRead } from "../../storage/log-results.js";
import { nothingRead } from "../../storage/reads/read-log.js";
import type { AbortedTransaction } from "../../storage/segments/transaction-index.js";
import type { RequestContext } from "../context.js";
import { type FetchCaller, fetchCaller } from "./fetch-caller.js";
import { MESSAGES_BYTES_MAX, RECORD_BATCHES_SINCE, type RecordsReader, readerOfMessages } from "./fetch-messages.js";

type FetchRequest = RequestOf<typeof Fetch>;
type FetchTopic = FetchRequest["topics"][number];
type FetchPartition = FetchTopic["partitions"][number];

/** One partition that a Fetch names, as far as it could be found. */
interface Sought {
  readonly topic: FetchTopic;
  readonly image: TopicImage | undefined;
  readonly asked: FetchPartition;
  readonly upTo: ReadUpTo;
  readonly errorCode: ErrorCode;
  readonly partition: Partition | null;
  /** What could be read, and how large the log was, when the request was looked at. */
  readonly endOffset: number;
  readonly logBytes: number;
  /** Whether a transaction was open, so that not all that is committed could be read. */
  readonly isUndecided: boolean;
  /** A follower is told of more; infinite where nobody waits for that. */
  readonly knownHighWatermark: number;
  /** The broker that follows; null: a consumer reads. */
  readonly followerId: number | null;
  /** It is served by followers, too (KIP-392). */
  readonly anyReplica: boolean;
  /** It shall go there; -1: it is served here. */
  readonly preferredReadReplica: number;
  /** Where the fetcher's log parts from ours (KIP-595). */
  readonly divergingEpoch: EpochEnd | undefined;
}

interface EpochEnd {
  readonly epoch: number;
  readonly endOffset: number;
}

/** The same, read. */
export interface Fetched extends Sought {
  /** Whole batches, lent until `release`. */
  readonly records: Uint8Array;
  /** Read-committed: which of them to pass over. */
  readonly abortedTransactions: readonly AbortedTransaction[];
  readonly release: (() => void) | null;
}

/** What a fetcher knows of the high watermark of a partition. */
export type KnownHighWatermark = (topic: FetchTopic, asked: FetchPartition) => number;

const noRecords = new Uint8Array();
/** In place of a preferred replica. */
const HERE = -1;

/**
 * Reads in the order of the request until `maxBytes` is used up. The first batch of the first partition that has one is
 * returned whole whatever its size, so that a consumer always gets on (KIP-74). Only data that is not in memory is waited
 * for; all else is read without a promise.
 */
export function readAll(
  broker: Broker,
  request: FetchRequest,
  context: RequestContext,
  known: KnownHighWatermark,
): readonly Fetched[] | Promise<readonly Fetched[]> {
  const limitBytes = Math.min(request.maxBytes, broker.config.network.fetchMaxBytes);
  const sought = seek(broker, request, context, known);
  const { apiVersion } = context;
  if (apiVersion >= RECORD_BATCHES_SINCE) return readFrom(0, sought, [], limitBytes, false, readBatches);
  return readFrom(0, sought, [], Math.min(limitBytes, MESSAGES_BYTES_MAX), false, readerOfMessages(apiVersion));
}

/** Reads what is sought from index `from` on; where data must be waited for, goes on when it has come. */
function readFrom(
  from: number,
  sought: readonly Sought[],
  fetched: Fetched[],
  limitBytes: number,
  hasRecords: boolean,
  reader: RecordsReader,
): readonly Fetched[] | Promise<readonly Fetched[]> {
  let leftBytes = limitBytes;
  for (const [index, one] of sought.entries()) {
    if (index < from) continue;
    const isFirstBatch = leftBytes === limitBytes && !hasRecords;
    const read = readOne(one, leftBytes, isFirstBatch, reader);
    if (read instanceof Promise) {
      return read.then((come) => {
        fetched.push(take(one, come));
        const left = leftBytes - bytesOf(come);
        return readFrom(index + 1, sought, fetched, left, hasRecords || left < limitBytes, reader);
      });
    }
    fetched.push(take(one, read));
    leftBytes -= bytesOf(read);
  }
  return fetched;
}

function readOne(
  one: Sought,
  leftBytes: number,
  isFirstBatch: boolean,
  reader: RecordsReader,
): LogRead | Promise<LogRead> {
  const { errorCode, partition, asked, upTo, divergingEpoch, preferredReadReplica } = one;
  if (errorCode !== errors.NONE.code || partition === null) return { errorCode };
  if (divergingEpoch !== undefined || preferredReadReplica >= 0) return nothingRead(asked.fetchOffset);
  // Reading nothing still finds what is out of range.
  if (isHeldBack(one)) return reader(partition, asked.fetchOffset, 0, upTo, false);
  const maxBytes = Math.max(Math.min(asked.partitionMaxBytes, leftBytes), 0);
  return reader(partition, asked.fetchOffset, maxBytes, upTo, isFirstBatch);
}

const readBatches: RecordsReader = (partition, from, maxBytes, upTo, minOneBatch) =>
  partition.read(from, maxBytes, upTo, minOneBatch);

function take(one: Sought, read: LogRead): Fetched {
  if ("errorCode" in read) return nothingOf(one, read.errorCode);
  const { records, release, nextOffset } = read;
  const abortedTransactions = abortedIn(one, nextOffset);
  if (!("errorCode" in abortedTransactions)) return { records, abortedTransactions, release, ...one };
  release();
  return nothingOf(one, abortedTransactions.errorCode);
}

function nothingOf(one: Sought, errorCode: ErrorCode): Fetched {
  return { records: noRecords, abortedTransactions: [], release: null, ...one, errorCode };
}

function abortedIn({ partition, upTo, asked }: Sought, nextOffset: number) {
  const isWanted = partition !== null && upTo === "last stable offset" && nextOffset > asked.fetchOffset;
  return isWanted ? partition.abortedTransactions(asked.fetchOffset, nextOffset) : [];
}

function bytesOf(read: LogRead): number {
  return "errorCode" in read ? 0 : read.records.length;
}

export function totalBytes(fetched: readonly Fetched[]): number {
  return fetched.reduce((bytes, { records }) => bytes + records.length, 0);
}

/** KIP-73: a follower that is throttled, and not in sync, gets nothing for now. */
export function isHeldBack({ partition, followerId }: Sought): boolean {
  return followerId !== null && (partition?.leading?.holdsBack(followerId) ?? false);
}

/** What followers get counts for the throttle. */
export function countSent(fetched: readonly Fetched[]): void {
  for (const { partition, followerId, records } of fetched) {
    if (followerId !== null && records.length > 0) partition?.leading?.sends(records.length);
  }
}

/** Gives back what the reads lent. */
export function release(fetched: readonly Fetched[]): void {
  for (const one of fetched) one.release?.();
}

/** Whether a follower does not know yet how much is committed. */
export function hasCommitted({ partition, knownHighWatermark }: Sought): boolean {
  return partition !== null && partition.highWatermark > knownHighWatermark;
}

/** Finds every partition that the request names. */
function seek(
  broker: Broker,
  request: FetchRequest,
  context: RequestContext,
  known: KnownHighWatermark,
): readonly Sought[] {
  const caller = fetchCaller(broker, request, context);
  const { upTo, follower, rack, wantsCommits } = caller;
  const sought: Sought[] = [];
  for (const topic of request.topics) {
    const image = findTopic(context, topic);
    const mayRead = image !== undefined && caller.mayRead(image);
    for (const asked of topic.partitions) {
      const { errorCode, partition, divergingEpoch } = mayRead
        ? find(broker, image, asked, caller)
        : refuse(context, image);
      const endOffset = partition?.endFor(upTo) ?? 0;
      sought.push({
        topic,
        image,
        asked,
        upTo,
        errorCode,
        partition,
        endOffset,
        logBytes: partition?.bytes ?? 0,
        isUndecided: follower === null && endOffset < (partition?.highWatermark ?? 0),
        followerId: follower?.brokerId ?? null,
        knownHighWatermark: wantsCommits ? known(topic, asked) : Number.POSITIVE_INFINITY,
        anyReplica: caller.anyReplica,
        preferredReadReplica:
          rack === null ? HERE : preferredFor({ errorCode, partition, divergingEpoch }, asked, rack),
        divergingEpoch,
      });
    }
  }
  return sought;
}

function preferredFor({ errorCode, partition, divergingEpoch }: Found, { fetchOffset }: FetchPartition, rack: string) {
  if (errorCode !== errors.NONE.code || divergingEpoch !== undefined) return HERE;
  return partition?.leading?.nearestFollower(rack, fetchOffset) ?? HERE;
}

function findTopic(context: RequestContext, { topic, topicId }: FetchTopic): TopicImage | undefined {
  return context.apiVersion >= 13 ? context.image.topicsById.get(topicId) : context.image.topicsByName.get(topic);
}

type Found = Pick<Sought, "errorCode" | "partition"> & { readonly divergingEpoch?: EpochEnd | undefined };

function refuse(context: RequestContext, image: TopicImage | undefined): Found {
  if (image !== undefined) return { errorCode: errors.TOPIC_AUTHORIZATION_FAILED.code, partition: null };
  const unknown = context.apiVersion >= 13 ? errors.UNKNOWN_TOPIC_ID : errors.UNKNOWN_TOPIC_OR_PARTITION;
  return { errorCode: unknown.code, partition: null };
}

function find(broker: Broker, image: TopicImage, asked: FetchPartition, caller: FetchCaller): Found {
  const { follower, anyReplica, rack } = caller;
  const partition = broker.partitions.get(image.name, asked.partition);
  if (partition !== undefined && partition.topicId === image.id) {
    const errorCode = checkServes(partition, anyReplica, asked.currentLeaderEpoch);
    if (errorCode !== errors.NONE.code) return { errorCode, partition };
    // Nobody sent it here: it shall ask where the leader is, and not take this for the end of the log.
    const isAhead = anyReplica && rack === null && asked.fetchOffset > partition.endFor("end of log");
    if (isAhead && partition.leading === null) return { errorCode: errors.NOT_LEADER_OR_FOLLOWER.code, partition };
    const found = compareEpochs(partition, asked, follower !== null);
    return follower === null ? found : heard(broker, partition, found, follower, asked);
  }
  const exists = image.partitions[asked.partition] !== undefined;
  const missing = exists ? errors.NOT_LEADER_OR_FOLLOWER : errors.UNKNOWN_TOPIC_OR_PARTITION;
  return { errorCode: missing.code, partition: null };
}

/** Whether this broker may serve the fetch of a partition. */
export function checkServes(partition: Partition, anyReplica: boolean, currentLeaderEpoch: number): ErrorCode {
  return anyReplica ? partition.checkReplica(currentLeaderEpoch) : partition.checkLeader(currentLeaderEpoch);
}

/** The leader hears how far its follower is, unless the follower has to cut its log first. */
function heard(
  { environment }: Broker,
  partition: Partition,
  found: Found,
  follower: NonNullable<FetchCaller["follower"]>,
  { fetchOffset, logStartOffset }: FetchPartition,
): Found {
  if (found.errorCode !== errors.NONE.code || found.divergingEpoch !== undefined) return found;
  const nowMs = environment.wire.monotonicMs();
  const errorCode = partition.followerFetched({ fetchOffset, logStartOffset, nowMs, ...follower });
  return errorCode === errors.NONE.code ? found : { errorCode, partition };
}

/** KIP-595: a fetcher that tells the epoch of its last record learns where its log parts from ours. */
function compareEpochs(
  partition: Partition,
  { lastFetchedEpoch, fetchOffset }: FetchPartition,
  isFollower: boolean,
): Found {
  const found = { errorCode: errors.NONE.code, partition };
  if (lastFetchedEpoch < 0) return found;
  const end = isFollower ? partition.keptEpochEndOffset(lastFetchedEpoch) : partition.epochEndOffset(lastFetchedEpoch);
  if (end.endOffset < 0) return { errorCode: errors.OFFSET_OUT_OF_RANGE.code, partition };
  return end.epoch < lastFetchedEpoch || end.endOffset < fetchOffset ? { ...found, divergingEpoch: end } : found;
}
