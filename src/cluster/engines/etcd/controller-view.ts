/** Who is the controller, as this broker has seen it in etcd. */
import type { Leader } from "../../../metadata/engine.js";
import { calls } from "./client/calls.js";
import type { EtcdClient } from "./client/etcd-client.js";
import { eventTypes } from "./client/messages.js";
import { pause } from "./client/pause.js";
import { watch } from "./client/watch.js";
import type { Keys } from "./keys.js";
import { readController } from "./stored-values.js";
import { textOf } from "./transactions.js";

const RETRY_MS = 200;
/** The key alone, not a range. */
const noRange = new Uint8Array(0);

export class ControllerView {
  readonly #watchers = new Set<(leader: Leader | null) => void>();
  #leader: Leader | null = null;
  /** Nothing is known before the first look. */
  #hasLooked = false;

  /** Looks until the signal. */
  async look(client: EtcdClient, keys: Keys, until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      try {
        const { header, kvs } = await client.ask(calls.range, { key: keys.controller }, until);
        this.#see(textOf(kvs[0]));
        const startRevision = (header?.revision ?? 0) + 1;
        const on = (event: { readonly type: number; readonly kv: Parameters<typeof textOf>[0] | null }) =>
          this.#see(event.type === eventTypes.PUT ? textOf(event.kv ?? undefined) : null);
        await watch(client, { key: keys.controller, rangeEnd: noRange, startRevision, on }, until);
      } catch (error) {
        if (!until.aborted) client.report(error instanceof Error ? error.message : String(error));
      }
      await pause(client.wire, RETRY_MS, until);
    }
  }

  watch(on: (leader: Leader | null) => void, until: AbortSignal): void {
    if (until.aborted) return;
    this.#watchers.add(on);
    until.addEventListener("abort", () => this.#watchers.delete(on), { once: true });
    if (this.#hasLooked) on(this.#leader);
  }

  /** Settles when nobody is controller, or with the signal. */
  vacant(until: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const enough = new AbortController();
      const settle = () => {
        until.removeEventListener("abort", settle);
        enough.abort();
        resolve();
      };
      until.addEventListener("abort", settle);
      if (until.aborted) settle();
      else this.watch((leader) => leader ?? settle(), enough.signal);
    });
  }

  end(): void {
    this.#watchers.clear();
  }

  #see(text: string | null): void {
    const leader = text === null ? null : readController(text);
    if (this.#hasLooked && leader?.epoch === this.#leader?.epoch) return;
    this.#hasLooked = true;
    this.#leader = leader;
    for (const on of [...this.#watchers]) on(leader);
  }
}
