/** The fetch sessions of a broker (KIP-227): a bounded cache. A fetcher without one says each time all that it wants. */
import type { Clock, Random } from "../../../lib/environment.js";
import { TOPIC_NAME_LENGTH_MAX } from "../../../metadata/topic-names.js";
import { FetchSession, type ForgottenTopic, type WantedTopic } from "./fetch-session.js";

/** A session that nobody used for so long gives way to any other, and one that has lived so long to a larger one. */
const EVICTION_MS = 120_000;
/** Of all sessions together. */
const PARTITIONS_MAX = 1_000_000;
const ID_MAX = 2_147_483_647;

export interface FetchSessionsOptions {
  readonly wire: Pick<Clock, "monotonicMs">;
  readonly random: Pick<Random, "below">;
  /** `max.incremental.fetch.session.cache.slots` */
  readonly slotsMax: number;
}

interface NewSession {
  readonly usesTopicIds: boolean;
  readonly isOfFollower: boolean;
  readonly topics: readonly WantedTopic[];
}

export class FetchSessions {
  readonly #options: FetchSessionsOptions;
  /** The one that was used longest ago comes first. */
  readonly #byId = new Map<number, FetchSession>();
  #partitionCount = 0;

  constructor(options: FetchSessionsOptions) {
    this.#options = options;
  }

  get(id: number): FetchSession | undefined {
    return this.#byId.get(id);
  }

  close(id: number): void {
    const session = this.#byId.get(id);
    session?.end();
    this.#partitionCount -= session?.size ?? 0;
    this.#byId.delete(id);
  }

  /** The session goes on with these changes. False: nothing is left of it, or there is no room for it, so it is closed. */
  use(session: FetchSession, topics: readonly WantedTopic[], forgotten: readonly ForgottenTopic[]): boolean {
    if (topics.some(hasImpossibleName)) {
      this.close(session.id);
      return false;
    }
    const sizeBefore = session.size;
    // In this order: what is wanted and forgotten at once is forgotten.
    session.want(topics);
    session.forget(forgotten);
    session.lastUsedMs = this.#options.wire.monotonicMs();
    this.#partitionCount += session.size - sizeBefore;
    if (session.size > 0 && this.#partitionCount <= PARTITIONS_MAX) {
      this.#byId.delete(session.id);
      this.#byId.set(session.id, session);
      return true;
    }
    this.close(session.id);
    return false;
  }

  /** Null: there is no room, and the fetcher goes on without. */
  open({ usesTopicIds, isOfFollower, topics }: NewSession): FetchSession | null {
    if (topics.some(hasImpossibleName)) return null;
    const createdMs = this.#options.wire.monotonicMs();
    const session = new FetchSession({ id: this.#freeId(), createdMs, usesTopicIds, isOfFollower });
    session.want(topics);
    if (this.#byId.size >= this.#options.slotsMax && !this.#evictFor(session)) return null;
    if (this.#partitionCount + session.size > PARTITIONS_MAX) return null;
    this.#byId.set(session.id, session);
    this.#partitionCount += session.size;
    return session;
  }

  #freeId(): number {
    for (;;) {
      const id = this.#options.random.below(ID_MAX) + 1;
      if (!this.#byId.has(id)) return id;
    }
  }

  #evictFor(session: FetchSession): boolean {
    const nowMs = session.createdMs;
    const [oldest] = this.#byId.values();
    if (oldest === undefined) return false;
    const victim = nowMs - oldest.lastUsedMs > EVICTION_MS ? oldest : this.#leastWorth(nowMs, session);
    if (victim === null) return false;
    this.close(victim.id);
    return true;
  }

  /** The smallest of those that had their time, if it is worth less than the new one. Followers go before consumers. */
  #leastWorth(nowMs: number, session: FetchSession): FetchSession | null {
    let least: FetchSession | null = null;
    for (const one of this.#byId.values()) {
      if (nowMs - one.createdMs <= EVICTION_MS) continue;
      if (isWorthLess(one, least ?? session)) least = one;
    }
    return least;
  }
}

/** No topic is called so: a session would keep the name for nothing, and names may be a hundred times as long. */
function hasImpossibleName({ topic }: WantedTopic): boolean {
  return topic.length > TOPIC_NAME_LENGTH_MAX;
}

function isWorthLess(one: FetchSession, other: FetchSession): boolean {
  if (one.isOfFollower !== other.isOfFollower) return other.isOfFollower;
  return one.size < other.size;
}
