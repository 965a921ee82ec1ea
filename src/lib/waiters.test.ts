import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cancellable } from "./environment.js";
import { TimerQueue } from "./timer-queue.js";
import { Waitable, Waiters } from "./waiters.js";

/** A loop that a test turns by hand. */
class HandTurned {
  readonly #deadlines = new TimerQueue();
  #ends: (() => void)[] = [];
  #nowMs = 0;

  readonly wire = {
    monotonicMs: () => this.#nowMs,
    wallMs: () => this.#nowMs,
    at: (dueMs: number, run: () => void) => this.#deadlines.add(dueMs, run),
  };

  readonly endOfTurn = (run: () => void): void => void this.#ends.push(run);

  get deadlines(): number {
    return this.#deadlines.size;
  }

  turn(): void {
    for (const run of this.#ends.splice(0)) run();
  }

  passTo(nowMs: number): void {
    this.#nowMs = nowMs;
    for (let run = this.#deadlines.takeDue(nowMs); run !== null; run = this.#deadlines.takeDue(nowMs)) run();
  }
}

/** A request that is complete once `enough` is set, and notes what happened to it. */
class Request {
  enough = false;
  tries = 0;
  readonly happened: string[] = [];
  readonly on: readonly Waitable[];
  readonly deadlineMs: number;

  constructor(on: readonly Waitable[], deadlineMs: number) {
    this.on = on;
    this.deadlineMs = deadlineMs;
  }

  tryComplete(): boolean {
    this.tries++;
    if (this.enough) this.happened.push("completed");
    return this.enough;
  }

  expire(): void {
    this.happened.push("expired");
  }
}

function parkIn(waiters: Waiters, request: Request): Cancellable {
  const parked = waiters.park(request);
  if (parked === "full") throw new Error("full");
  return parked;
}

describe("parked requests", () => {
  test("a fetch over many partitions is tried once at the end of the turn, however many of them moved", () => {
    const loop = new HandTurned();
    const waiters = new Waiters(loop, 10);
    const partitions = Array.from({ length: 100 }, () => new Waitable());
    const fetch = new Request(partitions, 500);
    parkIn(waiters, fetch);
    for (const partition of partitions) partition.changed();
    expect(fetch.tries).toBe(0);
    loop.turn();
    expect(fetch.tries).toBe(1);
    loop.turn();
    expect(fetch.tries).toBe(1);
    fetch.enough = true;
    partitions[7]?.changed();
    loop.turn();
    loop.passTo(500);
    expect(fetch.happened).toEqual(["completed"]);
  });

  test("a deadline ends the wait, also when the request was marked in the same turn", () => {
    const loop = new HandTurned();
    const waiters = new Waiters(loop, 10);
    const partition = new Waitable();
    const fetch = new Request([partition], 500);
    parkIn(waiters, fetch);
    fetch.enough = true;
    partition.changed();
    loop.passTo(500);
    loop.turn();
    expect(fetch.happened).toEqual(["expired"]);
  });

  test("a connection that is gone lets go of everything", () => {
    const loop = new HandTurned();
    const waiters = new Waiters(loop, 10);
    const partition = new Waitable();
    const fetch = new Request([partition, partition], 500);
    const parked = parkIn(waiters, fetch);
    partition.changed();
    parked.cancel();
    parked.cancel();
    loop.turn();
    loop.passTo(500);
    expect(fetch.tries).toBe(0);
    expect(fetch.happened).toEqual([]);
    expect([waiters.size, partition.waiting, loop.deadlines]).toEqual([0, 0, 0]);
  });

  test("what moves while requests are tried marks them for the next turn", () => {
    const loop = new HandTurned();
    const waiters = new Waiters(loop, 10);
    const partition = new Waitable();
    const produce = new Request([partition], 500);
    produce.tryComplete = () => {
      produce.tries++;
      if (produce.tries === 1) partition.changed();
      return false;
    };
    parkIn(waiters, produce);
    partition.changed();
    loop.turn();
    expect(produce.tries).toBe(1);
    loop.turn();
    expect(produce.tries).toBe(2);
    loop.turn();
    expect(produce.tries).toBe(2);
  });

  test("there is a limit, and whoever leaves makes room", () => {
    const loop = new HandTurned();
    const waiters = new Waiters(loop, 1);
    const parked = parkIn(waiters, new Request([], 500));
    expect(waiters.park(new Request([], 500))).toBe("full");
    parked.cancel();
    expect(waiters.park(new Request([], 500))).not.toBe("full");
  });

  test("every request ends in exactly one way, and nothing is left of it", () => {
    const step = fc.oneof(
      fc.record({ park: fc.array(fc.nat(3), { maxLength: 4 }), forMs: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ change: fc.nat(3) }),
      fc.record({ satisfy: fc.nat(20) }),
      fc.record({ cancel: fc.nat(20) }),
      fc.record({ turn: fc.integer({ min: 0, max: 10 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const loop = new HandTurned();
        const waiters = new Waiters(loop, 1_000);
        const things = Array.from({ length: 4 }, () => new Waitable());
        const requests: { request: Request; parked: Cancellable; cancelled: boolean }[] = [];
        let nowMs = 0;
        for (const step of steps) {
          if ("park" in step) {
            const on = step.park.flatMap((index) => things[index] ?? []);
            const request = new Request(on, nowMs + step.forMs);
            requests.push({ request, parked: parkIn(waiters, request), cancelled: false });
          } else if ("change" in step) things[step.change]?.changed();
          else if ("satisfy" in step) {
            const found = requests[step.satisfy];
            if (found !== undefined) found.request.enough = true;
          } else if ("cancel" in step) {
            const found = requests[step.cancel];
            if (found === undefined) continue;
            found.cancelled ||= found.request.happened.length === 0;
            found.parked.cancel();
          } else {
            nowMs += step.turn;
            loop.passTo(nowMs);
            loop.turn();
          }
        }
        loop.turn();
        loop.passTo(nowMs + 100);
        for (const { request, cancelled } of requests) expect(request.happened).toHaveLength(cancelled ? 0 : 1);
        expect([waiters.size, loop.deadlines, ...things.map((thing) => thing.waiting)]).toEqual([0, 0, 0, 0, 0, 0]);
      }),
    );
  });
});
