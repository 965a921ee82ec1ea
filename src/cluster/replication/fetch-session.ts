/**
 * One fetch session (KIP-227): what a fetcher wants is said once, and after that only what changes is said, in both
 * directions.
 */
import type { Fetch } from "../../protocol/messages/01-fetch.js";
import type { RequestOf, ResponseOf } from "../../protocol/schema/message.js";

type FetchRequest = RequestOf<typeof Fetch>;
export type WantedTopic = FetchRequest["topics"][number];
type WantedPartition = WantedTopic["partitions"][number];
export type ForgottenTopic = FetchRequest["forgottenTopicsData"][number];
/** What a fetcher is told of a partition. */
export type FetchedPartition = ResponseOf<typeof Fetch>["responses"][number]["partitions"][number];

/** The epoch of a request after one with this epoch; 0 and below open and close sessions. */
const EPOCH_MAX = 2_147_483_647;
/** The end that stands for none: whatever comes next is news. */
const NO_OFFSET = -1;

/** One partition of a session, which a read takes for a topic with this partition alone. */
class SessionPartition implements WantedTopic {
  readonly key: string;
  readonly topic: string;
  readonly topicId: string;
  partitions: readonly [WantedPartition];
  /** What the fetcher was told last. */
  highWatermark = NO_OFFSET;
  logStartOffset = NO_OFFSET;

  constructor(key: string, { topic, topicId }: WantedTopic, wanted: WantedPartition) {
    this.key = key;
    this.topic = topic;
    this.topicId = topicId;
    this.partitions = [wanted];
  }
}

/** What never changes of a session. */
interface SessionOrigin {
  readonly id: number;
  /** On the wire clock. */
  readonly createdMs: number;
  /** Since version 13 topics go by their ids, and a session stays with one or the other. */
  readonly usesTopicIds: boolean;
  readonly isOfFollower: boolean;
}

export class FetchSession implements SessionOrigin {
  readonly id: number;
  readonly createdMs: number;
  readonly usesTopicIds: boolean;
  readonly isOfFollower: boolean;
  lastUsedMs: number;
  #nextEpoch = 1;
  /** In the order in which they are read: who was told much stands back, so that every partition has its turn. */
  readonly #partitions = new Map<string, SessionPartition>();

  constructor({ id, createdMs, usesTopicIds, isOfFollower }: SessionOrigin) {
    this.id = id;
    this.createdMs = createdMs;
    this.usesTopicIds = usesTopicIds;
    this.isOfFollower = isOfFollower;
    this.lastUsedMs = createdMs;
  }

  /** How many partitions it holds. */
  get size(): number {
    return this.#partitions.size;
  }

  /** The epoch that the next request must have. */
  get nextEpoch(): number {
    return this.#nextEpoch;
  }

  advance(): void {
    this.#nextEpoch = this.#nextEpoch === EPOCH_MAX ? 1 : this.#nextEpoch + 1;
  }

  /** Takes over what a request adds and changes. */
  want(topics: readonly WantedTopic[]): void {
    for (const topic of topics) {
      for (const wanted of topic.partitions) {
        const key = this.#keyOf(topic, wanted.partition);
        const held = this.#partitions.get(key);
        if (held === undefined) this.#partitions.set(key, new SessionPartition(key, topic, wanted));
        else held.partitions = [wanted];
      }
    }
  }

  forget(topics: readonly ForgottenTopic[]): void {
    for (const topic of topics) {
      for (const partition of topic.partitions) this.#partitions.delete(this.#keyOf(topic, partition));
    }
  }

  /** All that the fetcher wants, as if it had just said so. */
  wanted(): readonly WantedTopic[] {
    return [...this.#partitions.values()];
  }

  /** Whether a partition must be told of: it has records or an error, or its ends have moved. Remembers what is told. */
  isNews(topic: WantedTopic, told: FetchedPartition): boolean {
    const held = this.#partitions.get(this.#keyOf(topic, told.partitionIndex));
    if (held === undefined) return true;
    const { highWatermark, logStartOffset = NO_OFFSET, errorCode, records, divergingEpoch } = told;
    const hasRecords = records !== null && records.length > 0;
    const hasMoved = held.highWatermark !== highWatermark || held.logStartOffset !== logStartOffset;
    held.logStartOffset = logStartOffset;
    // An error is told again and again, and so is what comes after it.
    held.highWatermark = errorCode === 0 ? highWatermark : NO_OFFSET;
    if (hasRecords) this.#moveBack(held);
    return hasRecords || hasMoved || errorCode !== 0 || divergingEpoch !== undefined;
  }

  #moveBack(held: SessionPartition): void {
    this.#partitions.delete(held.key);
    this.#partitions.set(held.key, held);
  }

  #keyOf({ topic, topicId }: Pick<WantedTopic, "topic" | "topicId">, partition: number): string {
    return `${partition} ${this.usesTopicIds ? topicId : topic}`;
  }
}
