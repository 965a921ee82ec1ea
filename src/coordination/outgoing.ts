/** What decisions let out: answers and errands, each when the log is committed up to what it depends on. */
import { errors } from "../protocol/errors.js";
import { Held } from "./held.js";
import type { RunnerOptions } from "./runner-options.js";
import type { Decision, MachineTypes, Reply } from "./state-machine.js";
import type { Tickets } from "./tickets.js";

export class Outgoing<T extends MachineTypes> {
  readonly #options: RunnerOptions<T>;
  readonly #tickets: Tickets;
  readonly #errandDone: (result: T["ErrandResult"]) => void;
  readonly #held: Held;

  constructor(options: RunnerOptions<T>, tickets: Tickets, errandDone: (result: T["ErrandResult"]) => void) {
    this.#options = options;
    this.#tickets = tickets;
    this.#errandDone = errandDone;
    this.#held = new Held(options.environment.wire);
  }

  /** `endOffset`: where the log ends with the decision's own records. */
  send({ replies, errands }: Decision<T>, endOffset: number): void {
    const { committedOffset } = this.#options.log;
    for (const reply of replies) {
      const offset = reply.after === "own records" ? endOffset : reply.after;
      if (offset === "at once" || offset <= committedOffset) this.#tickets.settle(reply.to, { reply: reply.body });
      else this.#holdReply(reply, offset);
    }
    for (const errand of errands) this.#holdErrand(errand, endOffset);
  }

  /** Lets out what waited for less than is committed by now. */
  release(): void {
    this.#held.committed(this.#options.log.committedOffset);
  }

  /** Forgets everything. */
  clear(): void {
    this.#held.clear();
  }

  #holdReply({ to, body }: Reply, offset: number): void {
    const { limits, environment } = this.#options;
    this.#tickets.markAnswered(to);
    this.#held.hold({
      offset,
      release: () => this.#tickets.settle(to, { reply: body }),
      patience: {
        untilMs: environment.wire.monotonicMs() + limits.commitTimeoutMs,
        giveUp: () => this.#tickets.settle(to, { errorCode: errors.REQUEST_TIMED_OUT.code }),
      },
    });
  }

  #holdErrand(errand: T["Errand"], offset: number): void {
    const { runErrand } = this.#options;
    const release = () => void runErrand(errand).then(this.#errandDone);
    this.#held.hold({ offset, release, patience: null });
  }
}
