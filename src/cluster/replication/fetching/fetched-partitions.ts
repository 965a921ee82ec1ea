/**
 * The partitions that a fetcher follows at one leader, and what the leader's fetch session knows of each (KIP-227). What
 * did not change is not said again, and costs nothing.
 */
import type { Fetch } from "../../../protocol/messages/01-fetch.js";
import type { RequestToSend } from "../../../protocol/schema/message.js";
import type { Follower } from "../following/follower.js";
import type { Partition } from "../partition.js";

type FetchRequest = RequestToSend<typeof Fetch>;
type FetchTopic = FetchRequest["topics"][number];

/** One partition, under one leader epoch. */
export class FetchedPartition {
  readonly partition: Partition;
  readonly follower: Follower;
  /** What the leader was asked for last. */
  askedOffset = -1;
  /** Where the log began here when the leader was asked last. */
  askedLogStart = -1;
  /** The leader has told last that so much is committed. */
  leaderHighWatermark = Number.POSITIVE_INFINITY;
  /** The leader's session holds it, with `askedOffset`. */
  isInSession = false;
  /** On the wire clock: not asked for before. */
  readyAtMs = 0;
  /** How often in a row its leader did not know yet that it leads. */
  refusals = 0;

  constructor(partition: Partition, follower: Follower) {
    this.partition = partition;
    this.follower = follower;
  }

  /** It has all that is committed, as far as the leader has told. */
  get hasCaughtUp(): boolean {
    return this.follower.fetchOffset >= this.leaderHighWatermark;
  }
}

export class FetchedPartitions {
  readonly #byTopic = new Map<string, Map<number, FetchedPartition>>();
  /** The leader has to hear of them: they are new to it, or want something else than before. */
  readonly #toTell = new Set<FetchedPartition>();
  /** By topic and index: they are in the leader's session, and have no place there any more. */
  readonly #toForget = new Map<string, Set<number>>();
  readonly #waiting = new Set<FetchedPartition>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Whether there is something to fetch now. */
  get hasReady(): boolean {
    return this.#size > this.#waiting.size;
  }

  find(topicId: string, index: number): FetchedPartition | undefined {
    return this.#byTopic.get(topicId)?.get(index);
  }

  add(one: FetchedPartition): void {
    const { topicId, index } = one.partition;
    // Its leader begins another epoch.
    const before = this.find(topicId, index);
    if (before !== undefined) this.remove(before);
    const ofTopic = this.#byTopic.get(topicId) ?? new Map<number, FetchedPartition>();
    this.#byTopic.set(topicId, ofTopic);
    ofTopic.set(index, one);
    this.#size++;
    this.tell(one);
  }

  remove(one: FetchedPartition): void {
    const { topicId, index } = one.partition;
    const ofTopic = this.#byTopic.get(topicId);
    if (ofTopic?.get(index) !== one) return;
    ofTopic.delete(index);
    if (ofTopic.size === 0) this.#byTopic.delete(topicId);
    this.#size--;
    this.#takeOut(one);
    this.#waiting.delete(one);
  }

  /** The next request says what it wants now. */
  tell(one: FetchedPartition): void {
    this.#waiting.delete(one);
    this.#toTell.add(one);
  }

  /** It is not asked for until then. */
  postpone(one: FetchedPartition, untilMs: number): void {
    if (this.find(one.partition.topicId, one.partition.index) !== one) return;
    one.readyAtMs = untilMs;
    this.#waiting.add(one);
    this.#takeOut(one);
  }

  /** Those that lag and are chosen are not asked for until then. */
  holdBack(isChosen: (partition: Partition) => boolean, untilMs: number): void {
    for (const ofTopic of this.#byTopic.values()) {
      for (const one of ofTopic.values()) {
        if (!this.#waiting.has(one) && !one.hasCaughtUp && isChosen(one.partition)) this.postpone(one, untilMs);
      }
    }
  }

  /** Those that have waited long enough are asked for again. Gives when the next is due; infinite: none. */
  admitDue(nowMs: number): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const one of this.#waiting) {
      if (one.readyAtMs <= nowMs) this.tell(one);
      else nextMs = Math.min(nextMs, one.readyAtMs);
    }
    return nextMs;
  }

  /** The leader knows nothing of any of them. */
  tellAll(): void {
    this.#toForget.clear();
    for (const ofTopic of this.#byTopic.values()) {
      for (const one of ofTopic.values()) {
        one.isInSession = false;
        if (!this.#waiting.has(one)) this.#toTell.add(one);
      }
    }
  }

  /** What the next request says. From now on the leader knows it. */
  say(partitionMaxBytes: number): Pick<FetchRequest, "topics" | "forgottenTopicsData"> {
    const topics = new Map<string, FetchTopic["partitions"][number][]>();
    for (const one of this.#toTell) {
      const { topicId, index } = one.partition;
      const ofTopic = topics.get(topicId) ?? [];
      topics.set(topicId, ofTopic);
      // Not before: until the leader hears of it, it may be taken out again.
      this.#toForget.get(topicId)?.delete(index);
      ofTopic.push(wantedOf(one, index, partitionMaxBytes));
      one.askedOffset = one.follower.fetchOffset;
      one.askedLogStart = one.follower.logStartOffset;
      one.isInSession = true;
    }
    const forgotten = [...this.#toForget].filter(([, indexes]) => indexes.size > 0);
    this.#toTell.clear();
    this.#toForget.clear();
    return {
      topics: [...topics].map(([topicId, partitions]) => ({ topicId, partitions })),
      forgottenTopicsData: forgotten.map(([topicId, indexes]) => ({ topicId, partitions: [...indexes] })),
    };
  }

  #takeOut(one: FetchedPartition): void {
    this.#toTell.delete(one);
    if (!one.isInSession) return;
    one.isInSession = false;
    const { topicId, index } = one.partition;
    const indexes = this.#toForget.get(topicId) ?? new Set<number>();
    this.#toForget.set(topicId, indexes.add(index));
  }
}

function wantedOf({ follower }: FetchedPartition, partition: number, partitionMaxBytes: number) {
  const { fetchOffset, lastFetchedEpoch, logStartOffset, leaderEpoch } = follower;
  return {
    partition,
    currentLeaderEpoch: leaderEpoch,
    fetchOffset,
    lastFetchedEpoch,
    logStartOffset,
    partitionMaxBytes,
    // KIP-1166: a leader that knows of more that is committed says so at once.
    highWatermark: BigInt(follower.highWatermark),
  };
}
