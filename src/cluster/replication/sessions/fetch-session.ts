/**
 * One fetch session (KIP-227): what a fetcher wants is said once, and after that only what changes is said, in both
 * directions.
 */
import { type Marked, Waitable } from "../../../lib/waiters.js";
import type { Fetch } from "../../../protocol/messages/01-fetch.js";
import type { RequestOf, ResponseOf } from "../../../protocol/schema/message.js";

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
class SessionPartition implements WantedTopic, Marked {
  readonly key: string;
  readonly #session: FetchSession;
  /** What it hangs on; null: nothing yet. */
  #watched: Waitable | null = null;
  readonly topic: string;
  readonly topicId: string;
  partitions: readonly [WantedPartition];
  /** What the fetcher was told last. */
  highWatermark = NO_OFFSET;
  logStartOffset = NO_OFFSET;

  constructor(session: FetchSession, key: string, { topic, topicId }: WantedTopic, wanted: WantedPartition) {
    this.#session = session;
    this.key = key;
    this.topic = topic;
    this.topicId = topicId;
    this.partitions = [wanted];
  }

  mark(): void {
    this.#session.hasMoved(this);
  }

  watch(moved: Waitable | null): void {
    if (this.#watched === moved) return;
    this.#watched?.detach(this);
    moved?.attach(this);
    this.#watched = moved;
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
  /** Of a follower's session: changes when one of its partitions has to be looked at. */
  readonly moved = new Waitable();
  /**
   * Of a follower's session, which may have thousands of partitions of which few move: those that have to be looked at. The
   * one that had its turn longest ago comes first.
   */
  readonly #toLookAt = new Set<SessionPartition>();
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
        const held = this.#partitions.get(key) ?? new SessionPartition(this, key, topic, wanted);
        this.#partitions.set(key, held);
        held.partitions = [wanted];
        if (this.isOfFollower) this.#toLookAt.add(held);
      }
    }
  }

  forget(topics: readonly ForgottenTopic[]): void {
    for (const topic of topics) {
      for (const partition of topic.partitions) {
        const key = this.#keyOf(topic, partition);
        const held = this.#partitions.get(key);
        if (held !== undefined) this.#leave(held);
        this.#partitions.delete(key);
      }
    }
  }

  /** The session is closed: nothing reaches it any more. */
  end(): void {
    for (const held of this.#partitions.values()) this.#leave(held);
  }

  /** All that the fetcher wants, as if it had just said so. */
  wanted(): readonly WantedTopic[] {
    return [...this.#partitions.values()];
  }

  /** For `SessionPartition`. */
  hasMoved(held: SessionPartition): void {
    this.#toLookAt.add(held);
    this.moved.changed();
  }

  /** Of a follower's session: what has to be looked at now. Whoever takes it says what it found, by `looked`. */
  takeToLookAt(): readonly WantedTopic[] {
    const taken = [...this.#toLookAt];
    this.#toLookAt.clear();
    return taken;
  }

  /** `moved`: what tells of changes from now on; null: nothing does. `again`: the next look must take it in, too. */
  looked(topic: WantedTopic, partition: number, moved: Waitable | null, again: boolean): void {
    const held = this.#partitions.get(this.#keyOf(topic, partition));
    if (held === undefined) return;
    held.watch(moved);
    if (again) this.#toLookAt.add(held);
  }

  /** Whether the fetcher knows that the log stands so. */
  wasTold(topic: WantedTopic, partition: number, highWatermark: number, logStartOffset: number): boolean {
    const held = this.#partitions.get(this.#keyOf(topic, partition));
    return held?.highWatermark === highWatermark && held.logStartOffset === logStartOffset;
  }

  /** Whether a partition must be told of: it has records or an error, or its ends have moved. Remembers what is told. */
  isNews(topic: WantedTopic, told: FetchedPartition): boolean {
    const held = this.#partitions.get(this.#keyOf(topic, told.partitionIndex));
    if (held === undefined) return true;
    const { highWatermark, logStartOffset = NO_OFFSET, errorCode, records, divergingEpoch } = told;
    const isSentAway = (told.preferredReadReplica ?? NO_OFFSET) !== NO_OFFSET;
    const hasRecords = records !== null && records.length > 0;
    const hasMoved = held.highWatermark !== highWatermark || held.logStartOffset !== logStartOffset;
    held.logStartOffset = logStartOffset;
    // An error is told again and again, and so is what comes after it.
    held.highWatermark = errorCode === 0 ? highWatermark : NO_OFFSET;
    if (hasRecords) this.#moveBack(held);
    return hasRecords || hasMoved || isSentAway || errorCode !== 0 || divergingEpoch !== undefined;
  }

  /** The high watermark that the fetcher was told last; -1: none. */
  toldHighWatermark(topic: WantedTopic, partition: number): number {
    return this.#partitions.get(this.#keyOf(topic, partition))?.highWatermark ?? NO_OFFSET;
  }

  #leave(held: SessionPartition): void {
    held.watch(null);
    this.#toLookAt.delete(held);
  }

  #moveBack(held: SessionPartition): void {
    this.#partitions.delete(held.key);
    this.#partitions.set(held.key, held);
  }

  #keyOf({ topic, topicId }: Pick<WantedTopic, "topic" | "topicId">, partition: number): string {
    return `${partition} ${this.usesTopicIds ? topicId : topic}`;
  }
}
