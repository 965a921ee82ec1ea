import { invariant } from "../../lib/invariant.js";

/**
 * Collects what is to be asked of a broker while an earlier question to it is under way: then all of it goes in one
 * request. So a busy broker costs its peers one request at a time, whatever many clients want of it.
 */
export class Batches<Item, Answer> {
  readonly #itemsMax: number;
  readonly #ask: (brokerId: number, items: readonly Item[]) => Promise<readonly Answer[]>;
  readonly #waiting = new Map<number, Waiting<Item, Answer>[]>();

  /** `ask` answers the items in their order. No request has more than `itemsMax` items. */
  constructor(itemsMax: number, ask: (brokerId: number, items: readonly Item[]) => Promise<readonly Answer[]>) {
    this.#itemsMax = itemsMax;
    this.#ask = ask;
  }

  ask(brokerId: number, item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const underWay = this.#waiting.get(brokerId);
      if (underWay !== undefined) {
        underWay.push({ item, resolve, reject });
        return;
      }
      const waiting = [{ item, resolve, reject }];
      this.#waiting.set(brokerId, waiting);
      void this.#askAll(brokerId, waiting);
    });
  }

  async #askAll(brokerId: number, waiting: Waiting<Item, Answer>[]): Promise<void> {
    while (waiting.length > 0) {
      const asked = waiting.splice(0, this.#itemsMax);
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

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (why: unknown) => void;
}
