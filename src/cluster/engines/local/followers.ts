/** Those who have caught up with the log and are told of every batch as it is committed. */
import type { Environment } from "../../../lib/environment.js";

interface Follower {
  readonly on: (batch: Uint8Array) => void;
  readonly end: () => void;
}

export class Followers {
  readonly #followers = new Set<Follower>();

  /** Settles when the signal comes, or when the engine closes. */
  add(on: (batch: Uint8Array) => void, until: AbortSignal): Promise<void> {
    if (until.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        this.#followers.delete(follower);
        until.removeEventListener("abort", end);
        resolve();
      };
      const follower: Follower = { on, end };
      this.#followers.add(follower);
      until.addEventListener("abort", end);
    });
  }

  give(batch: Uint8Array): void {
    for (const { on } of [...this.#followers]) on(batch);
  }

  /** The same, each in a turn of the loop of its own: so they do not hold it all together. */
  async giveInTurns(batch: Uint8Array, { endOfTurn }: Pick<Environment, "endOfTurn">): Promise<void> {
    for (const follower of [...this.#followers]) {
      await new Promise<void>((resolve) => endOfTurn(resolve));
      if (this.#followers.has(follower)) follower.on(batch);
    }
  }

  end(): void {
    for (const { end } of [...this.#followers]) end();
  }
}
