import type { Cancellable, Environment } from "./environment.js";

/** Who hangs on a `Waitable`. */
export interface Marked {
  mark(): void;
}

/** Something that parked requests wait for: a partition, a shard. */
export class Waitable {
  readonly #waiting = new Set<Marked>();

  /** Says that it moved. Whoever waits for it is tried once at the end of the turn, however often things move until then. */
  changed(): void {
    for (const one of this.#waiting) one.mark();
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  attach(one: Marked): void {
    this.#waiting.add(one);
  }

  detach(one: Marked): void {
    this.#waiting.delete(one);
  }
}

/** Who asks for something, and may go away before it is there. */
export interface MayGo {
  onGone(run: () => void): void;
}

/** A request that cannot be answered yet. Exactly one of these ends it: a true `tryComplete`, `expire`, a cancel. */
export interface Parked {
  readonly on: readonly Waitable[];
  /** On the wire clock. */
  readonly deadlineMs: number;
  /** Answers the request if it can be answered now, and tells whether it did. */
  tryComplete(): boolean;
  /** Answers the request with what there is. */
  expire(): void;
}

/** All parked requests of one broker: one object each, no promise and no polling. */
export class Waiters {
  readonly #environment: Pick<Environment, "endOfTurn" | "wire">;
  readonly #limit: number;
  #parked = 0;
  #marked: ParkedRequest[] = [];

  /** `limit`: how many requests may be parked at once. */
  constructor(environment: Pick<Environment, "endOfTurn" | "wire">, limit: number) {
    this.#environment = environment;
    this.#limit = limit;
  }

  get size(): number {
    return this.#parked;
  }

  /** Parks a request that was tried in this turn and could not be answered. Cancel it when its connection is gone. */
  park(request: Parked): Cancellable | "full" {
    if (this.#parked >= this.#limit) return "full";
    this.#parked++;
    return new ParkedRequest(request, this.#environment.wire, this);
  }

  /** For `ParkedRequest`. */
  mark(parked: ParkedRequest): void {
    if (this.#marked.push(parked) === 1) this.#environment.endOfTurn(this.#tryMarked);
  }

  left(): void {
    this.#parked--;
  }

  readonly #tryMarked = (): void => {
    // What moves while they are tried marks them for the next turn.
    const marked = this.#marked;
    this.#marked = [];
    for (const parked of marked) parked.tryNow();
  };
}

class ParkedRequest implements Cancellable, Marked {
  readonly #request: Parked;
  readonly #waiters: Waiters;
  readonly #deadline: Cancellable;
  #state: "waiting" | "marked" | "ended" = "waiting";

  constructor(request: Parked, wire: Environment["wire"], waiters: Waiters) {
    this.#request = request;
    this.#waiters = waiters;
    this.#deadline = wire.at(request.deadlineMs, () => {
      this.cancel();
      request.expire();
    });
    for (const waitable of request.on) waitable.attach(this);
  }

  mark(): void {
    if (this.#state !== "waiting") return;
    this.#state = "marked";
    this.#waiters.mark(this);
  }

  tryNow(): void {
    if (this.#state !== "marked") return;
    this.#state = "waiting";
    if (this.#request.tryComplete()) this.cancel();
  }

  cancel(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#deadline.cancel();
    for (const waitable of this.#request.on) waitable.detach(this);
    this.#waiters.left();
  }
}
