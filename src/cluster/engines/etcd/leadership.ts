/** The leadership of one controller over the log in etcd: every write asks in the same breath whether it still leads. */
import { invariant } from "../../../lib/invariant.js";
import type { Leader, Leadership } from "../../../metadata/engine.js";
import { RecordBatch } from "../../../protocol/records/batch.js";
import { asBuffer } from "../../../protocol/records/int64.js";
import type { Claim } from "./claim.js";
import { calls } from "./client/calls.js";
import type { Log } from "./log.js";
import { saveSnapshot } from "./snapshots.js";
import { createdAt, get, put, readBy } from "./transactions.js";

export class EtcdLeadership implements Leadership {
  readonly epoch: number;
  readonly next: number;
  readonly #log: Log;
  readonly #claim: Claim;
  /** The engine closes. */
  readonly #closing: AbortSignal;
  readonly #lost = new AbortController();
  #hasSeenItself = false;
  #isAppending = false;
  #isSaving = false;

  constructor(log: Log, claim: Claim, next: number, closing: AbortSignal) {
    this.epoch = claim.epoch;
    this.next = next;
    this.#log = log;
    this.#claim = claim;
    this.#closing = closing;
    if (claim.lease.over.aborted) this.#lost.abort();
    claim.lease.over.addEventListener("abort", () => this.#lost.abort(), { once: true });
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** What this broker has seen of the key of the controller, in order. */
  saw(leader: Leader | null): void {
    const epoch = leader?.epoch ?? 0;
    if (epoch === this.epoch) this.#hasSeenItself = true;
    // What was seen before its own claim says nothing.
    else if (this.#hasSeenItself || epoch > this.epoch) this.#lost.abort();
  }

  /**
   * Asks again until it knows. A try whose answer was lost has been done or not: if it was, the slot holds a batch of our
   * own epoch, and nobody else has that epoch; if not, the next try does it. None can be done twice.
   */
  async append(baseOffset: number, batch: Uint8Array): Promise<"committed" | "fenced"> {
    if (this.#lost.signal.aborted) return "fenced";
    invariant(!this.#isAppending, "one append at a time");
    this.#isAppending = true;
    try {
      const { client, keys } = this.#log;
      const slot = keys.slot(baseOffset);
      const compare = [this.#stillLeads(), createdAt(slot, 0)];
      const request = { compare, success: [put(slot, batch)], failure: [get(slot)] };
      const answer = await client.ask(calls.txn, request, this.#closing);
      if (answer.succeeded) return "committed";
      const [[there] = []] = readBy(answer);
      if (there !== undefined && new RecordBatch(asBuffer(there.value), 0).leaderEpoch === this.epoch)
        return "committed";
      this.#lost.abort();
      return "fenced";
    } finally {
      this.#isAppending = false;
    }
  }

  async saveSnapshot(next: number, epoch: number, batches: AsyncIterable<Uint8Array>): Promise<void> {
    invariant(!this.#isSaving, "one snapshot at a time");
    this.#isSaving = true;
    try {
      const saved = await saveSnapshot(this.#log, this.#stillLeads(), { next, epoch, batches }, this.#lost.signal);
      if (!saved) throw new Error("The snapshot was not saved: another broker is the controller");
    } finally {
      this.#isSaving = false;
    }
  }

  async resign(): Promise<void> {
    this.#lost.abort();
    await this.#claim.lease.revoke();
  }

  /** The key that this controller has made still stands. */
  #stillLeads() {
    return createdAt(this.#log.keys.controller, this.#claim.revision);
  }
}
