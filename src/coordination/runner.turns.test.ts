import { describe, expect, test } from "vitest";
import { settled } from "../../tests/support/manual-environment.js";
import type { MemoryShardLog } from "../../tests/support/memory-shard-log.js";
import { errors } from "../protocol/errors.js";
import { RecordBatch } from "../protocol/records/batch.js";
import { balances, endTransaction, now, started } from "./ledger-runner.test-support.js";

describe("a turn", () => {
  const batchSizes = ({ log }: { log: MemoryShardLog }) =>
    log.batches.map((batch) => new RecordBatch(Buffer.from(batch), 0).recordsCount);

  test("two deposits of one turn are one batch, and each is answered when that is committed", async () => {
    const running = await started();
    running.log.commitsAtOnce = false;
    const first = running.runner.call("deposit", { account: "a", amount: 3 });
    const second = running.runner.call("deposit", { account: "a", amount: 4 });
    expect([await now(first), await now(second)]).toEqual(["waiting", "waiting"]);
    expect(batchSizes(running)).toEqual([2]);
    running.log.commit();
    expect([await first, await second]).toEqual([{ reply: 3 }, { reply: 7 }]);
    expect(balances(running)).toEqual([["a", { amount: 7, lastOffset: 1 }]]);
  });

  test("the deposit of the next turn is another batch", async () => {
    const running = await started();
    await running.runner.call("deposit", { account: "a", amount: 3 });
    await running.runner.call("deposit", { account: "a", amount: 4 });
    expect(batchSizes(running)).toEqual([1, 1]);
  });

  test("a decision that the rest of the batch has no room for begins another, and is not split", async () => {
    const running = await started();
    running.log.batchBytesMax = 400;
    const accounts = ["a", "b", "c"].map((name) => name.repeat(100));
    await Promise.all(accounts.map((account) => running.runner.call("deposit", { account, amount: 1 })));
    expect(batchSizes(running)).toEqual([2, 1]);
    expect(balances(running).map(([, { lastOffset }]) => lastOffset)).toEqual([0, 1, 2]);
  });

  test("what belongs to a transaction has a batch of its own, in the order of the calls", async () => {
    const running = await started();
    const producer = { id: 7, epoch: 0 };
    const all = [{}, {}, { producer }, {}].map((given) =>
      running.runner.call("deposit", { account: "a", amount: 1, ...given }),
    );
    await Promise.all(all);
    expect(batchSizes(running)).toEqual([2, 1, 1]);
    expect(running.runner.state?.balances.get("a")).toEqual({ amount: 3, lastOffset: 3 });
    expect(running.runner.state?.pending.get(7)).toHaveLength(1);
  });

  test("a marker that comes before the end of the turn stands before what the turn decides", async () => {
    const running = await started();
    const producer = { id: 7, epoch: 0 };
    await running.runner.call("deposit", { account: "a", amount: 1, producer });
    const deposit = running.runner.call("deposit", { account: "b", amount: 1 });
    endTransaction(running, producer, true);
    expect(await deposit).toEqual({ reply: 1 });
    expect(balances(running)).toEqual([
      ["a", { amount: 1, lastOffset: 1 }],
      ["b", { amount: 1, lastOffset: 2 }],
    ]);
  });

  test("an append that fails although the log takes records drops the shard: nobody hears what was decided", async () => {
    const running = await started();
    running.log.failing = errors.KAFKA_STORAGE_ERROR.code;
    const calls = [
      running.runner.call("deposit", { account: "a", amount: 3 }),
      running.runner.call("hello", null),
      running.runner.call("deposit", { account: "a".repeat(1000), amount: 4 }),
    ];
    const notCoordinator = { errorCode: errors.NOT_COORDINATOR.code };
    expect(await Promise.all(calls)).toEqual([notCoordinator, notCoordinator, notCoordinator]);
    expect(running.over).toEqual([errors.KAFKA_STORAGE_ERROR.code]);
    expect(running.runner.state).toBeNull();
  });

  test("the same when it fails in the middle of a turn", async () => {
    const running = await started();
    running.log.batchBytesMax = 200;
    running.log.failing = errors.KAFKA_STORAGE_ERROR.code;
    const amounts = [1, 2, 3, 4];
    void amounts.map((amount) => running.runner.call("deposit", { account: "a".repeat(50), amount }));
    await settled();
    expect(running.over).toEqual([errors.KAFKA_STORAGE_ERROR.code]);
    expect(running.bugs).toEqual([]);
  });
});
