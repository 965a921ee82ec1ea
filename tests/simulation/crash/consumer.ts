import { errors } from "../../../src/protocol/errors.js";
import { EARLIEST, fetch, offsetAt } from "../calls.js";
import { recordsIn } from "../records-in.js";
import type { ExpectedLog } from "./expected-log.js";
import { anyLog, mustBeAmong, passing, type Worker, type WorkerOptions } from "./worker.js";

/** Reads on in any partition. What a consumer has seen may not change, and only a power cut may take it away. */
export class Consumer implements Worker {
  readonly #options: WorkerOptions;
  readonly #positions = new Map<ExpectedLog, number>();

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  async step(): Promise<void> {
    const { client, random } = this.#options;
    const log = anyLog(this.#options);
    if (log === null) return;
    const position = this.#positions.get(log) ?? 0;
    const wait = { minBytes: random.pick(1, 1_000), maxWaitMs: random.below(50) };
    const { errorCode, records } = await fetch(client, log.place, position, wait);
    if (errorCode === errors.OFFSET_OUT_OF_RANGE.code) return this.#beginAnew(log);
    if (errorCode !== errors.NONE.code) return mustBeAmong(passing, errorCode, "a fetch");
    if (records === null || records.length === 0) return;
    for (const { offset, value } of recordsIn(records)) {
      if (offset < position) continue;
      log.seen(offset, value);
      this.#positions.set(log, offset + 1);
    }
  }

  async #beginAnew(log: ExpectedLog): Promise<void> {
    const { errorCode, offset } = await offsetAt(this.#options.client, log.place, EARLIEST);
    if (errorCode === errors.NONE.code) this.#positions.set(log, offset);
    else mustBeAmong(passing, errorCode, "a look-up of the first offset");
  }
}
