import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { atLastEpoch, started, T0, TestProducer } from "../producer.test-support.js";
import { TransactionShard } from "../transaction-shard.test-support.js";

const CHECK_INTERVAL_MS = 10_000;

describe("a transaction that takes longer than its producer said", () => {
  test.each([
    [0, 0],
    [2, 2],
  ])("is aborted, and its producer is fenced (generation %i)", (generation, transactionVersion) => {
    const shard = new TransactionShard();
    shard.publish({ t: 4 }, generation === 0 ? 1 : 2);
    const producer = started(shard, { generation });
    producer.add(T0);
    shard.pass(60_000);
    expect(producer.state).toBe("Ongoing");
    shard.pass(CHECK_INTERVAL_MS + 1);
    expect(producer.state).toBe("PrepareAbort");
    expect(shard.errands).toMatchObject([{ commit: false, producerEpoch: 1, transactionVersion }]);
    shard.settle();
    expect(producer.add(T0)).toBe(errors.PRODUCER_FENCED.code);
    expect(new TestProducer(shard, { generation }).init()).toBe(errors.NONE.code);
  });

  test("counts from when it began, not from when the coordinator loaded it", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    producer.add(T0);
    shard.pass(55_000);
    shard.reload();
    shard.pass(CHECK_INTERVAL_MS + 1);
    expect(producer.state).toBe("PrepareAbort");
  });

  test("is not aborted when it has ended in time", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    producer.add(T0);
    shard.pass(50_000);
    producer.end(true);
    shard.settle();
    producer.add(T0);
    shard.pass(20_000);
    expect(producer.state).toBe("Ongoing");
  });

  test("at the last epoch gets a producer id first, with which the next producer goes on", () => {
    const shard = new TransactionShard();
    const producer = atLastEpoch(shard);
    producer.add(T0);
    shard.pass(60_000 + CHECK_INTERVAL_MS);
    expect(shard.errands).toMatchObject([{ type: "allocateProducerId" }]);
    shard.failAllocation(errors.COORDINATOR_NOT_AVAILABLE.code);
    expect(shard.errands).toEqual([]);
    shard.pass(CHECK_INTERVAL_MS);
    shard.finishErrand();
    expect(shard.errands).toMatchObject([{ type: "writeMarkers", producerEpoch: 32767 }]);
    shard.settle();
    const next = new TestProducer(shard);
    expect(next.init()).toBe(errors.NONE.code);
    expect(next).toMatchObject({ producerId: 1001, producerEpoch: 1 });
  });

  test("that ends while its producer id is on the way is not aborted", () => {
    const shard = new TransactionShard();
    const producer = atLastEpoch(shard);
    producer.add(T0);
    shard.pass(60_000 + CHECK_INTERVAL_MS);
    const answer = producer.endLater(true);
    shard.errands.reverse();
    shard.finishErrand();
    expect(producer.take(answer)).toBe(errors.NONE.code);
    shard.settle();
    expect(producer.state).toBe("CompleteCommit");
  });
});

test("many that time out at once are all aborted", () => {
  const shard = new TransactionShard();
  const producers = Array.from({ length: 50 }, (_, i) => started(shard, { transactionalId: `tx${i}` }));
  for (const producer of producers) producer.add(T0);
  shard.pass(60_000 + CHECK_INTERVAL_MS);
  expect(new Set(producers.map(({ state }) => state))).toEqual(new Set(["PrepareAbort"]));
  expect(shard.errands).toHaveLength(50);
});

test("an abort that the log refuses does not hold up the others, and comes again", () => {
  const shard = new TransactionShard();
  const [first, second] = ["a", "b"].map((transactionalId) => started(shard, { transactionalId }));
  first?.add(T0);
  second?.add(T0);
  shard.pass(60_000);
  shard.refuseNext = errors.MESSAGE_TOO_LARGE.code;
  shard.pass(CHECK_INTERVAL_MS + 1_000);
  expect([first?.state, second?.state]).toEqual(["Ongoing", "PrepareAbort"]);
  shard.pass(2 * CHECK_INTERVAL_MS);
  expect(first?.state).toBe("PrepareAbort");
});
