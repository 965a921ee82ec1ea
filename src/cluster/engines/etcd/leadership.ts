/** The leadership of one controller over the log in etcd: every write asks in the same breath whether it still leads. */
import { invariant } from "../../../lib/invariant.js";
import type { Leader, Leadership, Snapshot } from "../../../metadata/engine.js";
import { RecordBatch } from "../../../protocol/records/batch.js";
import { asBuffer } from "../../../protocol/records/int64.js";
import type { Claim } from "./claim.js";
import { calls } from "./client/calls.js";
import type { Log, LogEnd } from "./log.js";
import { saveSnapshot } from "./snapshots.js";
import { createdAt, get, type Kv, put, readBy, writtenAt } from "./transactions.js";

export class EtcdLeadership implements Leadership {
  readonly epoch: number;
  readonly next: number;
  readonly #log: Log;
  readonly #claim: Claim;
  #end: LogEnd;
  /** The engine closes. */
  readonly #closing: AbortSignal;
  readonly #lost = new AbortController();
  #hasSeenItself = false;
  #isAppending = false;
  #saving: Promise<void> | null = null;

  constructor(log: Log, claim: Claim, end: LogEnd, closing: AbortSignal) {
    this.epoch = claim.epoch;
    this.next = end.next;
    this.#end = end;
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
      for (let end: LogEnd | null = null; end !== this.#end; await this.#saving) {
        end = this.#end;
        if (await this.#appendBehind(end, baseOffset, batch)) return "committed";
      }
      this.#lost.abort();
      return "fenced";
    } finally {
      this.#isAppending = false;
    }
  }

  /** It is refused where this controller leads no more, and where the log ends elsewhere: etcd was set back to a backup. */
  async #appendBehind({ isThere }: LogEnd, baseOffset: number, batch: Uint8Array): Promise<boolean> {
    const { client, keys } = this.#log;
    const slot = keys.slot(baseOffset);
    const compare = [this.#stillLeads(), isThere, createdAt(slot, 0)];
    const request = { compare, success: [put(slot, batch)], failure: [get(slot)] };
    const answer = await client.ask(calls.txn, request, this.#closing);
    const [[there] = []] = readBy(answer);
    const ours = answer.succeeded ? (answer.header?.revision ?? 0) : revisionOf(there, this.epoch);
    if (ours === null) return false;
    const next = new RecordBatch(asBuffer(batch), 0).lastOffset + 1;
    // A snapshot may have taken its place already.
    if (next > this.#end.next) this.#end = { next, isThere: writtenAt(slot, ours) };
    return true;
  }

  saveSnapshot(next: number, epoch: number, batches: AsyncIterable<Uint8Array>): Promise<void> {
    invariant(this.#saving === null, "one snapshot at a time");
    const saving = this.#saveSnapshot({ next, epoch, batches });
    // Whoever appends meanwhile waits for its end, not for its outcome.
    this.#saving = saving
      .catch(() => {})
      .finally(() => {
        this.#saving = null;
      });
    return saving;
  }

  async #saveSnapshot(snapshot: Pick<Snapshot, "next" | "epoch" | "batches">): Promise<void> {
    const savedAt = await saveSnapshot(this.#log, this.#stillLeads(), snapshot, this.#lost.signal);
    if (savedAt === null) throw new Error("The snapshot was not saved: another broker is the controller");
    // With it went the last batch of the log, which stood for its end.
    if (this.#end.next <= snapshot.next) {
      this.#end = { next: snapshot.next, isThere: writtenAt(this.#log.keys.currentSnapshot, savedAt) };
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

/** When a batch of this epoch was written; null: there is none, or another controller's. */
function revisionOf(there: Kv | undefined, epoch: number): number | null {
  if (there === undefined || new RecordBatch(asBuffer(there.value), 0).leaderEpoch !== epoch) return null;
  return there.modRevision;
}
