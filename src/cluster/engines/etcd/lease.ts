/** A lease of etcd, kept alive: when its holder is gone, what hangs on it goes as well. */
import { calls } from "./client/calls.js";
import type { EtcdClient, OpenStream } from "./client/etcd-client.js";
import { EtcdFailure } from "./client/failure.js";
import type { GivenOf, ValueOf } from "./client/message.js";
import type { LeaseKeepAliveRequest, LeaseKeepAliveResponse } from "./client/messages.js";

/** With the default timing of etcd it takes no less than 2 s; and etcd's own elections must fit in. */
const TTL_SECONDS = 3;
const KEEP_ALIVE_MS = 500;
/** A member that does not confirm within this time is left for another one, which is given more: all may be slow. */
const ANSWER_MS = 1_000;
const SLOW_ANSWER_MS = 2_000;
/**
 * Without a confirmation for so long the lease is given up here. It is longer than the lease, as an election in etcd
 * starts all leases anew; that it is over sooner is no harm: whoever comes next has a higher epoch.
 */
const UNCONFIRMED_MS_MAX = TTL_SECONDS * 1000 + 1_000;
/** How long a stopping broker waits to give its lease back. */
const REVOKE_MS_MAX = 1_000;

export class Lease {
  readonly id: bigint;
  readonly #client: EtcdClient;
  readonly #over = new AbortController();
  #stream: OpenStream<GivenOf<typeof LeaseKeepAliveRequest>> | null = null;
  /** When the question was asked that is not answered yet. */
  #askedMs: number | null = null;
  #confirmedMs: number;
  #patienceMs = ANSWER_MS;

  static async grant(client: EtcdClient, until: AbortSignal): Promise<Lease> {
    const askedMs = client.wire.monotonicMs();
    const { id } = await client.ask(calls.leaseGrant, { ttlSeconds: TTL_SECONDS }, until);
    return new Lease(client, id, askedMs);
  }

  private constructor(client: EtcdClient, id: bigint, grantedMs: number) {
    this.#client = client;
    this.id = id;
    this.#confirmedMs = grantedMs;
    this.#tick();
  }

  /** It has run out, as far as can be known here, or was given back. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Gives it back, so that nobody need wait for its end. If etcd does not answer, it runs out by itself. */
  async revoke(): Promise<void> {
    this.#end();
    const patience = new AbortController();
    const timer = this.#client.wire.at(this.#client.wire.monotonicMs() + REVOKE_MS_MAX, () => patience.abort());
    try {
      await this.#client.ask(calls.leaseRevoke, { id: this.id }, patience.signal, REVOKE_MS_MAX);
    } catch {
      // It runs out by itself, or has done so already.
    } finally {
      timer.cancel();
    }
  }

  #tick(): void {
    if (this.#over.signal.aborted) return;
    const { wire } = this.#client;
    const nowMs = wire.monotonicMs();
    if (nowMs - this.#confirmedMs > UNCONFIRMED_MS_MAX) {
      this.#end();
      return;
    }
    if (this.#askedMs === null || nowMs - this.#askedMs > this.#patienceMs) void this.#ask(nowMs);
    wire.at(nowMs + KEEP_ALIVE_MS, () => this.#tick());
  }

  async #ask(nowMs: number): Promise<void> {
    if (this.#askedMs !== null) {
      this.#stream?.leave();
      this.#stream = null;
      this.#patienceMs = SLOW_ANSWER_MS;
    }
    this.#askedMs = nowMs;
    const stream = this.#stream ?? (await this.#open());
    if (stream instanceof EtcdFailure) {
      this.#askedMs = null;
      return;
    }
    if (this.#over.signal.aborted) stream.end();
    else stream.send({ id: this.id });
  }

  async #open() {
    const stream = await this.#client.open(calls.leaseKeepAlive, {
      onAnswer: (answer) => this.#confirmed(answer),
      onFailure: () => {
        this.#stream = null;
        this.#askedMs = null;
      },
    });
    if (stream instanceof EtcdFailure) return stream;
    // Another one was opened while this one waited for a token.
    if (this.#stream !== null) stream.end();
    else this.#stream = stream;
    return this.#stream;
  }

  #confirmed({ ttlSeconds }: ValueOf<typeof LeaseKeepAliveResponse>): void {
    if (ttlSeconds <= 0) {
      this.#end();
      return;
    }
    if (this.#askedMs === null) return;
    this.#confirmedMs = this.#askedMs;
    this.#askedMs = null;
    if (this.#client.wire.monotonicMs() - this.#confirmedMs <= ANSWER_MS) this.#patienceMs = ANSWER_MS;
  }

  #end(): void {
    this.#stream?.end();
    this.#stream = null;
    this.#over.abort();
  }
}
