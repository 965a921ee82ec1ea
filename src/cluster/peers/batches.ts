import { invariant } from "../../lib/invariant.js";

/**
 * Collects what is to be asked of a broker while an earlier question to it is under way: then all of it goes in one
 * request. So a busy broker costs its peers one request at a time, whatever many clients want of it. Behind one that does
 * not answer only so many wait: who gives up and comes again would else wait there several times.
 */
export class Batches<Item, Answer> {
  readonly #limits: BatchLimits;
  readonly #full: (item: Item) => Answer;
  readonly #ask: (brokerId: number, items: readonly Item[]) => Promise<readonly Answer[]>;
  readonly #waiting = new Map<number, Waiting<Item, Answer>[]>();

  constructor(options: {
    readonly limits: BatchLimits;
    /** The answer to an item that may not wait. */
    readonly full: (item: Item) => Answer;
    /** Answers the items in their order. */
    readonly ask: (brokerId: number, items: readonly Item[]) => Promise<readonly Answer[]>;
  }) {
    this.#limits = options.limits;
    this.#full = options.full;
    this.#ask = options.ask;
  }

  ask(brokerId: number, item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const underWay = this.#waiting.get(brokerId);
      if (underWay !== undefined) {
        if (underWay.length >= this.#limits.waitingMax) resolve(this.#full(item));
        else underWay.push({ item, resolve, reject });
        return;
      }
      const waiting = [{ item, resolve, reject }];
      this.#waiting.set(brokerId, waiting);
      void this.#askAll(brokerId, waiting);
    });
  }

  async #askAll(brokerId: number, waiting: Waiting<Item, Answer>[]): Promise<void> {
    while (waiting.length > 0) {
      const asked = waiting.splice(0, this.#limits.itemsMax);
      try {
        const answers = await this.#ask(
          brokerId,
          asked.map(({ item }) => item),
        );
        for (const [i, { resolve }] of asked.entries()) {
          const answer = answers[i];
          invariant(answer !== undefined, "every item has its answer");
          resolve(answer);
        }
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.#waiting.delete(brokerId);
  }
}

export interface BatchLimits {
  /** In one request. */
  readonly itemsMax: number;
  /** For one broker, beside those that are asked just now. */
  readonly waitingMax: number;
}

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (why: unknown) => void;
}
