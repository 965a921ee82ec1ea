/**
 * The different subscriptions of a group's members, and how many members have each: what the group as a whole subscribed to
 * is known without asking every member.
 */

export interface Subscription {
  readonly topicNames: readonly string[];
  /** Null and empty: none. */
  readonly topicRegex: string | null;
}

interface Counted {
  readonly subscription: Subscription;
  readonly members: number;
}

export class Subscriptions implements Iterable<Subscription> {
  readonly #counted: Map<string, Counted>;

  constructor(counted: Iterable<[string, Counted]> = []) {
    this.#counted = new Map(counted);
  }

  add(subscription: Subscription): void {
    const key = keyOf(subscription);
    const before = this.#counted.get(key);
    this.#counted.set(
      key,
      before === undefined ? { subscription, members: 1 } : { ...before, members: before.members + 1 },
    );
  }

  remove(subscription: Subscription): void {
    const key = keyOf(subscription);
    const before = this.#counted.get(key);
    if (before === undefined || before.members === 1) this.#counted.delete(key);
    else this.#counted.set(key, { ...before, members: before.members - 1 });
  }

  copy(): Subscriptions {
    return new Subscriptions(this.#counted);
  }

  *[Symbol.iterator](): Iterator<Subscription> {
    for (const { subscription } of this.#counted.values()) yield subscription;
  }
}

/** The same for equal subscriptions. */
export function keyOf({ topicNames, topicRegex }: Subscription): string {
  return JSON.stringify([topicRegex, topicNames]);
}
