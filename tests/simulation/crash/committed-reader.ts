import { errors } from "../../../src/protocol/errors.js";
import type { Place } from "../calls.js";
import { committedRecordsIn } from "../records-in.js";
import { fetchCommitted } from "../transaction-calls.js";
import { mustBeAmong, passing, type Worker, type WorkerOptions } from "./worker.js";

/** Reads what transactions have committed. What it sees stays, and no other end of that transaction is possible. */
export class CommittedReader implements Worker {
  readonly #options: WorkerOptions;
  readonly #positions = new Map<Place, number>();

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  async step(): Promise<void> {
    const { client, expected, random } = this.#options;
    const { ledger } = expected;
    const place = ledger.places[random.below(ledger.places.length)];
    if (place === undefined) return;
    const position = this.#positions.get(place) ?? 0;
    const wait = { minBytes: random.pick(1, 1_000), maxWaitMs: random.below(50) };
    const { errorCode, records, abortedTransactions } = await fetchCommitted(client, place, position, wait);
    if (errorCode !== errors.NONE.code) return mustBeAmong(passing, errorCode, "a fetch of what is committed");
    const found = committedRecordsIn(records ?? new Uint8Array(), abortedTransactions ?? []);
    for (const record of found.records) if (record.offset >= position) ledger.read(place, record);
    this.#positions.set(place, found.nextOffset ?? position);
  }
}
