/** The callers that wait for an answer. Each is answered exactly once, by whatever comes first. */
import type { Cancellable, Clock } from "../lib/environment.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import type { Ticket } from "./state-machine.js";

/** What a caller gets: the machine's answer, or why there is none; the caller puts the error into the form it needs. */
export type Outcome<R> = { readonly reply: R } | { readonly errorCode: ErrorCode };

export interface CallOptions {
  /** How long the caller waits, on the transport clock; then it gets REQUEST_TIMED_OUT. Default: as long as it takes. */
  readonly timeoutMs?: number;
  /** Called with what to run when the caller goes away, as `RequestContext.onGone`. */
  readonly onGone?: (run: () => void) => void;
}

/** Who asked: gets the outcome at once if it is there when the call returns, else by a promise. */
export class Caller<R> {
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
  readonly #waiting = new Map<number, Waiting>();
  #opened = 0;

  constructor(wire: Clock, onGone: (ticket: Ticket) => void) {
    this.#wire = wire;
    this.#onGone = onGone;
  }

  get size(): number {
    return this.#waiting.size;
  }

  open(caller: Pick<Caller<unknown>, "settle">): Ticket {
    const ticket = { id: this.#opened++ };
    this.#waiting.set(ticket.id, { caller, timeout: null, answered: false });
    return ticket;
  }

  /** From now on the caller may run out of patience, or go away. Most are answered before that can matter. */
  watch(ticket: Ticket, options: CallOptions): void {
    const waiting = this.#waiting.get(ticket.id);
    if (waiting === undefined) return;
    const { timeoutMs } = options;
    if (timeoutMs !== undefined) {
      const untilMs = this.#wire.monotonicMs() + timeoutMs;
      waiting.timeout = this.#wire.at(untilMs, () => this.#leave(ticket, errors.REQUEST_TIMED_OUT.code));
    }
    // The connection is closed: nobody will read this answer. (Called on `options`, which may be a request's context.)
    options.onGone?.(() => this.#leave(ticket, errors.NETWORK_EXCEPTION.code));
  }

  /** The machine has answered, and the answer is held until it is committed: it need not hear of the caller any more. */
  markAnswered(ticket: Ticket): void {
    const waiting = this.#waiting.get(ticket.id);
    if (waiting !== undefined) waiting.answered = true;
  }

  /** Does nothing for a caller that is gone. */
  settle(ticket: Ticket, outcome: Outcome<unknown>): void {
    const waiting = this.#waiting.get(ticket.id);
    if (waiting === undefined) return;
    this.#waiting.delete(ticket.id);
    waiting.timeout?.cancel();
    waiting.caller.settle(outcome);
  }

  settleAll(errorCode: ErrorCode): void {
    for (const id of [...this.#waiting.keys()]) this.settle({ id }, { errorCode });
  }

  #leave(ticket: Ticket, errorCode: ErrorCode): void {
    const waiting = this.#waiting.get(ticket.id);
    if (waiting === undefined) return;
    this.settle(ticket, { errorCode });
    if (!waiting.answered) this.#onGone(ticket);
  }
}

interface Waiting {
  readonly caller: Pick<Caller<unknown>, "settle">;
  timeout: Cancellable | null;
  answered: boolean;
}
