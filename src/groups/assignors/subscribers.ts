/** Who subscribed to each topic. Most members have one subscription in common, so most topics have one list in common. */
import type { Part } from "./parts.js";

export class Subscribers {
  readonly #parts: readonly Part[];
  /** Every different subscription. */
  readonly #subscriptions: readonly ReadonlySet<string>[];
  /** By the subscriptions that have the topic. */
  readonly #lists = new Map<string, readonly Part[]>();
  readonly #ofTopic = new Map<string, readonly Part[]>();

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
    this.#subscriptions = [...new Set(parts.map(({ member }) => member.topicIds))];
  }

  /** In the order of the members. Topics with the same subscribers have the very same list. */
  of(topicId: string): readonly Part[] {
    const known = this.#ofTopic.get(topicId);
    if (known !== undefined) return known;
    const key = this.#subscriptions.map((topicIds) => (topicIds.has(topicId) ? "1" : "0")).join("");
    const list = this.#lists.get(key) ?? this.#parts.filter(({ member }) => member.topicIds.has(topicId));
    this.#lists.set(key, list);
    this.#ofTopic.set(topicId, list);
    return list;
  }
}
