/** Who leads among the brokers of this process, and who waits for its turn, first come first served. */
import type { Candidate, Leader } from "../../../metadata/engine.js";

interface Waiting {
  readonly start: () => void;
  readonly giveUp: (why: Error) => void;
}

export class Candidates {
  readonly #waiting = new Map<Candidate, Waiting>();
  readonly #watchers = new Set<(leader: Leader | null) => void>();
  #chosen: Candidate | null = null;
  #leader: Leader | null = null;
  #lost = new AbortController();

  /**
   * Settles when `me` may begin to lead; rejects when the signal comes first, or the engine closes.
   * Whoever campaigns again has given up what it led.
   */
  turnOf(me: Candidate, until: AbortSignal): Promise<void> {
    this.leave(me);
    return new Promise((resolve, reject) => {
      const abort = () => this.#giveUp(me, new Error("The campaign was given up"));
      const settle = (run: () => void) => {
        this.#waiting.delete(me);
        until.removeEventListener("abort", abort);
        run();
      };
      this.#waiting.set(me, { start: () => settle(resolve), giveUp: (why) => settle(() => reject(why)) });
      until.addEventListener("abort", abort);
      if (until.aborted) abort();
      this.#chooseNext();
    });
  }

  /** The chosen one leads from now on. The signal comes when it does so no more. */
  lead(leader: Leader): AbortSignal {
    this.#lost = new AbortController();
    this.#setLeader(leader);
    return this.#lost.signal;
  }

  leave(me: Candidate): void {
    if (this.#chosen !== me) return;
    this.#chosen = null;
    this.#lost.abort();
    this.#setLeader(null);
    this.#chooseNext();
  }

  watch(on: (leader: Leader | null) => void, until: AbortSignal): void {
    if (until.aborted) return;
    this.#watchers.add(on);
    until.addEventListener("abort", () => this.#watchers.delete(on), { once: true });
    on(this.#leader);
  }

  end(): void {
    for (const { giveUp } of [...this.#waiting.values()]) giveUp(new Error("The metadata engine is closed"));
    this.#lost.abort();
    this.#watchers.clear();
  }

  #chooseNext(): void {
    const [next] = this.#waiting;
    if (this.#chosen !== null || next === undefined) return;
    const [candidate, { start }] = next;
    this.#chosen = candidate;
    start();
  }

  #giveUp(me: Candidate, why: Error): void {
    this.#waiting.get(me)?.giveUp(why);
  }

  #setLeader(leader: Leader | null): void {
    if (leader === this.#leader) return;
    this.#leader = leader;
    for (const on of [...this.#watchers]) on(leader);
  }
}
