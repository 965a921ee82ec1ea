/** The offsets that groups commit, as the clients know them. Each commit has a number, sent along as its metadata. */
import { invariant } from "../../../src/lib/invariant.js";
import type { Fault } from "./expected-log.js";

export interface Commit {
  readonly number: number;
  readonly offset: number;
}

interface Committed {
  readonly attempts: Commit[];
  /** The newest commit that was answered. */
  answered: number;
  /** What was found after a start is durable. */
  durable: number;
}

export class ExpectedCommits {
  readonly #committed = new Map<string, Committed>();
  #last = 0;

  /** `key` is a group and a partition, for which one client at a time commits. */
  committing(key: string, offset: number): Commit {
    const commit = { number: ++this.#last, offset };
    const committed = this.#committed.get(key) ?? { attempts: [], answered: 0, durable: 0 };
    this.#committed.set(key, committed);
    committed.attempts.push(commit);
    return commit;
  }

  acknowledged(key: string, { number }: Commit): void {
    const committed = this.#committed.get(key);
    if (committed !== undefined) committed.answered = number;
  }

  /** The least that whoever asks from now on must be given. */
  answered(key: string): number {
    return this.#committed.get(key)?.answered ?? 0;
  }

  /** `found` is what the broker gives back; null: nothing. */
  audit(key: string, found: Commit | null, since: Fault): void {
    const committed = this.#committed.get(key);
    const number = found?.number ?? 0;
    const least = (since === "power cut" ? committed?.durable : committed?.answered) ?? 0;
    invariant(
      number >= least,
      `after "${since}", ${key} is back at commit ${number}, but ${least} was kept or answered`,
    );
    const sent = committed?.attempts.find((one) => one.number === number);
    invariant(sent?.offset === found?.offset, `${key} gives back what commit ${number} never said: ${found?.offset}`);
    if (committed === undefined) return;
    committed.answered = number;
    committed.durable = number;
  }
}
