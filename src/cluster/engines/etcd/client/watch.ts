/** Watches keys: what happens to them from a revision on. */
import { calls } from "./calls.js";
import type { EtcdClient } from "./etcd-client.js";
import { EtcdFailure } from "./failure.js";
import type { ValueOf } from "./message.js";
import type { Event } from "./messages.js";

/** How often a watch is asked whether it still lives. */
const PROGRESS_MS = 1_000;
/** After so many questions without an answer it does not. */
const UNANSWERED_MAX = 2;

export interface Watched {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
  readonly startRevision: number;
  readonly on: (event: ValueOf<typeof Event>) => void;
}

/**
 * Settles when it has ended: by the signal, or because it broke. A revision that was compacted looks like any other break:
 * who watches reads anew and sees. What a progress answer says of revisions is not used: it may overtake events
 * (etcd#15220). Rejects with what `on` throws.
 */
export async function watch(client: EtcdClient, { on, ...range }: Watched, until: AbortSignal): Promise<void> {
  const { wire } = client;
  let unanswered = 0;
  let end: (failure?: unknown) => void = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    end = (failure) => (failure === undefined ? resolve() : reject(failure));
  });
  const stream = await client.open(calls.watch, {
    onFailure: () => end(),
    onAnswer: ({ canceled, events }) => {
      unanswered = 0;
      try {
        for (const event of events) if (!until.aborted) on(event);
      } catch (failure) {
        end(failure);
      }
      if (canceled) end();
    },
  });
  if (stream instanceof EtcdFailure) return;
  const abort = () => end();
  until.addEventListener("abort", abort);
  if (until.aborted) end();
  stream.send({ create: { ...range, fragment: true } });
  const ask = () => {
    if (unanswered++ >= UNANSWERED_MAX) {
      stream.leave();
      end();
    } else {
      stream.send({ progress: {} });
      timer = wire.at(wire.monotonicMs() + PROGRESS_MS, ask);
    }
  };
  let timer = wire.at(wire.monotonicMs() + PROGRESS_MS, ask);
  try {
    await ended;
  } finally {
    timer.cancel();
    until.removeEventListener("abort", abort);
    stream.end();
  }
}
