/** The callers that wait for an answer. Each is answered exactly once, by whatever comes first. */
import type { Cancellable, Clock } from "../lib/environment.js";
import { invariant } from "../lib/invariant.js";
import type { MayGo } from "../lib/waiters.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import type { Ticket } from "./state-machine.js";

/** What a caller gets: the machine's answer, or why there is none; the caller puts the error into the form it needs. */
export type Outcome<R> = { readonly reply: R } | { readonly errorCode: ErrorCode };

export interface CallOptions {
  /** How long the caller waits, on the transport clock; then it gets REQUEST_TIMED_OUT. Default: as long as it takes. */
  readonly timeoutMs?: number;
  /** Not given: a caller that stays. */
  readonly caller?: MayGo;
}

/** An outcome to come: taken at once if it is there when the call returns, else by a promise. */
export class Pending<R> {
  #outcome: Outcome<R> | null = null;
  #resolve: ((outcome: Outcome<R>) => void) | null = null;

  outcome(): Outcome<R> | Promise<Outcome<R>> {
    if (this.#outcome !== null) return this.#outcome;
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  settle(outcome: Outcome<R>): void {
    if (this.#resolve === null) this.#outcome = outcome;
    else this.#resolve(outcome);
  }
}

export class Tickets {
  readonly #wire: Clock;
  /** Told when a caller went away before the machine had answered it. */
  readonly #onGone: (ticket: Ticket) => void;
  readonly #waiting = new Set<Opened>();
  /** Of the call that is being made. Most are answered before it returns, and never come among those that wait. */
  #newest: Opened | null = null;
  #opened = 0;

  constructor(wire: Clock, onGone: (ticket: Ticket) => void) {
    this.#wire = wire;
    this.#onGone = onGone;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  open(pending: Pick<Pending<unknown>, "settle">): Ticket {
    this.#newest = new Opened(this.#opened++, pending);
    return this.#newest;
  }

  /** From now on the caller of the ticket that was opened last waits: it may run out of patience, or go away. */
  watch(ticket: Ticket, caller: MayGo | undefined, timeoutMs: number | undefined): void {
    this.#newest = null;
    const opened = openedOf(ticket);
    if (opened.isSettled) return;
    this.#waiting.add(opened);
    if (timeoutMs !== undefined) {
      const untilMs = this.#wire.monotonicMs() + timeoutMs;
      opened.timeout = this.#wire.at(untilMs, () => this.#leave(opened, errors.REQUEST_TIMED_OUT.code));
    }
    // The connection is closed: nobody will read this answer.
    caller?.onGone(() => this.#leave(opened, errors.NETWORK_EXCEPTION.code));
  }

  /** The machine has answered, and the answer is held until it is committed: it need not hear of the caller any more. */
  markAnswered(ticket: Ticket): void {
    openedOf(ticket).isAnswered = true;
  }

  /** Does nothing for a caller that is gone. */
  settle(ticket: Ticket, outcome: Outcome<unknown>): void {
    const opened = openedOf(ticket);
    if (opened.isSettled) return;
    opened.isSettled = true;
    this.#waiting.delete(opened);
    opened.timeout?.cancel();
    opened.pending.settle(outcome);
  }

  settleAll(errorCode: ErrorCode): void {
    for (const opened of [...this.#waiting]) this.settle(opened, { errorCode });
    if (this.#newest !== null) this.settle(this.#newest, { errorCode });
  }

  #leave(opened: Opened, errorCode: ErrorCode): void {
    if (opened.isSettled) return;
    this.settle(opened, { errorCode });
    if (!opened.isAnswered) this.#onGone(opened);
  }
}

/** A ticket with what only its runner knows of it. */
class Opened implements Ticket {
  readonly id: number;
  readonly pending: Pick<Pending<unknown>, "settle">;
  timeout: Cancellable | null = null;
  isAnswered = false;
  isSettled = false;

  constructor(id: number, pending: Pick<Pending<unknown>, "settle">) {
    this.id = id;
    this.pending = pending;
  }
}

function openedOf(ticket: Ticket): Opened {
  invariant(ticket instanceof Opened, "machines answer the tickets that they were given");
  return ticket;
}
