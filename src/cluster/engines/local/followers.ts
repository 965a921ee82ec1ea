/** Those who have caught up with the log and are told of every batch as it is committed. */
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

  end(): void {
    for (const { end } of [...this.#followers]) end();
  }
}
