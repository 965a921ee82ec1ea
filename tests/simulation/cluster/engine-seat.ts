/**
 * The metadata engine as one broker's process sees it. The engine itself outlives every broker, like a cluster of its own:
 * what passes between it and a process takes time, and ends with the process. A dead controller leads until its lease is
 * over, as nobody knows earlier that it is dead.
 */
import type { Environment } from "../../../src/lib/environment.js";
import type { Candidate, Leader, Leadership, MetadataEngine } from "../../../src/metadata/engine.js";

const WAY_MS_MAX = 3;

export interface Seat extends MetadataEngine {
  /** Nothing passes between the process and the engine for a time. */
  stall(forMs: number): void;
  /** It leads no more, if it does. */
  depose(): void;
  /** The process is dead. */
  end(): void;
}

interface SeatOptions {
  readonly engine: MetadataEngine;
  /** Of the broker's process: nothing that it waits for happens once it is dead. */
  readonly process: Pick<Environment, "wire" | "random">;
  /** Runs something outside of all processes. */
  readonly later: (afterMs: number, run: () => void) => void;
  readonly leaseMs: number;
}

export function engineSeat({ engine, process, later, leaseMs }: SeatOptions): Seat {
  const ended = new AbortController();
  let lastArrivalMs = 0;
  /** In order, and never once the process is dead. */
  const tell = (run: () => void): void => {
    const soonestMs = process.wire.monotonicMs() + process.random.below(WAY_MS_MAX * 1000) / 1000;
    lastArrivalMs = Math.max(lastArrivalMs, soonestMs);
    process.wire.at(lastArrivalMs, run);
  };
  const arrival = (): Promise<void> => new Promise((resolve) => tell(resolve));
  const leading = new Set<Leadership>();

  const seatOf = (leadership: Leadership): Leadership => {
    const lost = new AbortController();
    leading.add(leadership);
    leadership.lost.addEventListener("abort", () => tell(() => lost.abort()), { once: true });
    return {
      epoch: leadership.epoch,
      next: leadership.next,
      lost: lost.signal,
      append: async (baseOffset, batch) => {
        const copy = Uint8Array.from(batch);
        await arrival();
        const outcome = await leadership.append(baseOffset, copy);
        await arrival();
        return outcome;
      },
      saveSnapshot: (next, epoch, batches) => leadership.saveSnapshot(next, epoch, batches),
      resign: () => leadership.resign(),
    };
  };
  const depose = (): void => {
    for (const leadership of leading) void leadership.resign();
    leading.clear();
  };

  return {
    batchBytesMax: engine.batchBytesMax,
    open: (wantedClusterId) => engine.open(wantedClusterId),
    latestSnapshot: () => engine.latestSnapshot(),
    follow: async (from, on, until) => {
      const over = untilEither(ended.signal, until);
      const take = (batch: Uint8Array): void => {
        const copy = Uint8Array.from(batch);
        tell(() => {
          if (!until.aborted) on(copy);
        });
      };
      const how = await engine.follow(from, take, over);
      await arrival();
      return how;
    },
    watchLeader: (on, until) => {
      const told = (leader: Leader | null) => tell(() => until.aborted || on(leader));
      engine.watchLeader(told, untilEither(ended.signal, until));
    },
    campaign: async (me: Candidate, until: AbortSignal) => {
      const leadership = await engine.campaign(me, untilEither(ended.signal, until));
      const seat = seatOf(leadership);
      await arrival();
      return seat;
    },
    close: async () => {},
    stall: (forMs) => {
      lastArrivalMs = Math.max(lastArrivalMs, process.wire.monotonicMs() + forMs);
      if (forMs > leaseMs) later(leaseMs, depose);
    },
    depose,
    end: () => {
      ended.abort();
      later(leaseMs, depose);
    },
  };
}

function untilEither(one: AbortSignal, other: AbortSignal): AbortSignal {
  const either = new AbortController();
  for (const signal of [one, other]) {
    if (signal.aborted) either.abort();
    signal.addEventListener("abort", () => either.abort(), { once: true });
  }
  return either.signal;
}
