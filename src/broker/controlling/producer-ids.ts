import type { Outcome } from "../../coordination/tickets.js";
import type { ErrorCode } from "../../protocol/errors.js";

/** A row of producer ids that the controller gave to this broker alone. */
export interface ProducerIdBlock {
  readonly start: number;
  readonly length: number;
}

/** Hands out producer ids, unique in the cluster: one block after another from the controller (KIP-730). */
export class ProducerIds {
  readonly #allocate: () => Promise<Outcome<ProducerIdBlock>>;
  #next = 0;
  #end = 0;
  #allocating: Promise<ErrorCode | null> | null = null;

  constructor(allocate: () => Promise<Outcome<ProducerIdBlock>>) {
    this.#allocate = allocate;
  }

  async next(): Promise<{ readonly producerId: number } | { readonly errorCode: ErrorCode }> {
    while (this.#next === this.#end) {
      this.#allocating ??= this.#allocateBlock();
      const errorCode = await this.#allocating;
      if (errorCode !== null) return { errorCode };
    }
    return { producerId: this.#next++ };
  }

  /** All who wait share one allocation. */
  async #allocateBlock(): Promise<ErrorCode | null> {
    const outcome = await this.#allocate();
    this.#allocating = null;
    if ("errorCode" in outcome) return outcome.errorCode;
    this.#next = outcome.reply.start;
    this.#end = outcome.reply.start + outcome.reply.length;
    return null;
  }
}
