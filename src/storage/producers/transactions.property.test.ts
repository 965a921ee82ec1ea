/** Transactions and all that can come between them, in any order, against a model that walks a list of batches. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { MemoryFiles } from "../../environments/memory/memory-files.js";
import type { LogStore } from "../folders/log-store.js";
import type { PartitionLog } from "../partition-log.js";
import { append, batchOf, logConfig, memoryFiles, now, openStore, reopen, topicId } from "../storage.test-data.js";
import { expectToKnow, TransactionModel } from "./transaction-model.test-data.js";
import { endTransaction } from "./transactions.test-data.js";

/** A few batches per segment, and an index entry for nearly each. */
const config = { ...logConfig, segmentBytes: 700, indexIntervalBytes: 100 };

type Step =
  | { readonly name: "plain"; readonly count: number }
  | { readonly name: "transactional"; readonly producerId: number; readonly count: number }
  | { readonly name: "end"; readonly producerId: number; readonly commit: boolean; readonly bumpsEpoch: boolean }
  | { readonly name: "commit" | "truncate" | "delete records"; readonly share: number }
  | { readonly name: "restart" | "crash" };

class System {
  readonly #model = new TransactionModel();
  readonly #files: MemoryFiles;
  #store: LogStore;
  #log: PartitionLog;

  private constructor(files: MemoryFiles, store: LogStore) {
    this.#files = files;
    this.#store = store;
    this.#log = store.openOrCreate("orders", 0, topicId, config);
  }

  static async begin(): Promise<System> {
    const files = memoryFiles();
    return new System(files, await openStore(files));
  }

  async take(step: Step): Promise<void> {
    const [log, model] = [this.#log, this.#model];
    switch (step.name) {
      case "plain":
        append(log, batchOf(step.count));
        return model.add(null, null, step.count);
      case "transactional": {
        const { producerId, count } = step;
        const epoch = model.epochOf(producerId);
        const records = batchOf(count, 10, {
          isTransactional: true,
          producer: { id: producerId, epoch, baseSequence: -1 },
        });
        log.appendAsLeader(records, { leaderEpoch: 0, origin: "coordinator", now, verification: "not wanted" });
        return model.add(producerId, null, count, epoch);
      }
      case "end": {
        const outcome = step.commit ? "commit" : "abort";
        const bumps = step.bumpsEpoch && model.isOpen(step.producerId);
        const producerEpoch = model.epochOf(step.producerId) + (bumps ? 1 : 0);
        endTransaction(log, step.producerId, outcome, { producerEpoch, transactionVersion: bumps ? 2 : 1 });
        return model.add(step.producerId, outcome, 1, producerEpoch);
      }
      case "commit":
        return log.setHighWatermark(Math.round(log.endOffset * step.share));
      case "delete records":
        log.deleteRecordsBefore(Math.round(log.highWatermark * step.share));
        return;
      case "truncate": {
        const offset = Math.max(Math.round(log.endOffset * step.share), log.logStartOffset);
        log.truncateTo(offset, () => true);
        model.batches = model.batches.filter(({ lastOffset }) => lastOffset < offset);
        return this.#commitAll();
      }
      case "restart":
      case "crash":
        if (step.name === "restart") await this.#store.close({ clean: true });
        this.#store = await reopen(this.#files, { config });
        this.#log = this.#store.openOrCreate("orders", 0, topicId, config);
        return this.#commitAll();
    }
  }

  check(): void {
    expect(this.#log.endOffset).toBe(this.#model.endOffset);
    expectToKnow(this.#log, this.#model);
  }

  /** What a start, or a truncation, does not find again is which markers were not committed. */
  #commitAll(): void {
    this.#log.setHighWatermark(this.#log.endOffset);
  }
}

const producerId = fc.integer({ min: 1, max: 4 });
const count = fc.integer({ min: 1, max: 3 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ name: fc.constant("plain" as const), count }) },
  { weight: 6, arbitrary: fc.record({ name: fc.constant("transactional" as const), producerId, count }) },
  {
    weight: 4,
    arbitrary: fc.record({
      name: fc.constant("end" as const),
      producerId,
      commit: fc.boolean(),
      bumpsEpoch: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ name: fc.constant("commit" as const), share }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constantFrom("truncate" as const, "delete records" as const), share }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constantFrom("restart" as const, "crash" as const) }) },
);

test("whatever happens to a log, it knows which transactions are open and which were aborted", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const system = await System.begin();
      for (const one of steps) {
        await system.take(one);
        system.check();
      }
    }),
    { seed: 7, numRuns: 100 },
  );
}, 60_000);
