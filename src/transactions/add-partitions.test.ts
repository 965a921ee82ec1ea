import { describe, expect, test } from "vitest";
import { errors } from "../protocol/errors.js";
import { started, T0, T1, TestProducer, U0 } from "./producer.test-support.js";
import { TransactionShard } from "./transaction-shard.test-support.js";

const NONE = errors.NONE.code;

describe("partitions that join a transaction", () => {
  test("begin it, and others join the same one", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    shard.pass(5_000);
    const beganMs = shard.wallMs;
    expect(producer.add(T0, U0)).toBe(NONE);
    shard.pass(5_000);
    expect(producer.add(T1)).toBe(NONE);
    const { logged } = shard.state.transactions.get("tx") ?? {};
    expect(logged).toMatchObject({ state: "Ongoing", transactionStartTimestampMs: beganMs });
    expect(logged?.partitions).toEqual(
      new Map([
        ["t", new Set([0, 1])],
        ["u", new Set([0])],
      ]),
    );
  });

  test("that are in it already are not written again, and are answered no sooner than they are committed", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    producer.add(T0, T1);
    const { length } = shard.log;
    expect(producer.add(T1)).toBe(NONE);
    expect(shard.log).toHaveLength(length);
    shard.holdsCommits = true;
    const answers = [producer.addLater(U0), producer.addLater(U0)];
    expect(answers.map(({ reply }) => reply)).toEqual([null, null]);
    shard.commit();
    expect(answers.map(({ reply }) => reply?.errorCode)).toEqual([NONE, NONE]);
  });

  test("begin the next one after an end", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    producer.add(T0);
    producer.end(true);
    shard.settle();
    expect(producer.add(U0)).toBe(NONE);
    expect(shard.state.transactions.get("tx")?.logged.partitions).toEqual(new Map([["u", new Set([0])]]));
  });

  test("wait for a transaction that is prepared", () => {
    const producer = started(new TransactionShard());
    producer.add(T0);
    producer.end(true);
    expect(producer.add(T1)).toBe(errors.CONCURRENT_TRANSACTIONS.code);
  });

  test("are refused to a producer of another id, of another epoch, and of no transactional id", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    const zombie = producer.twin();
    producer.initAgain();
    expect(zombie.add(T0)).toBe(errors.PRODUCER_FENCED.code);
    zombie.producerId = 77;
    expect(zombie.add(T0)).toBe(errors.INVALID_PRODUCER_ID_MAPPING.code);
    expect(new TestProducer(shard, { transactionalId: "other" }).add(T0)).toBe(49);
    expect(new TestProducer(shard, { transactionalId: "" }).add(T0)).toBe(errors.INVALID_REQUEST.code);
  });
});

describe("a partition's leader that asks whether the partition is in the transaction (KIP-890)", () => {
  test("hears so of each", () => {
    const producer = started(new TransactionShard());
    producer.add(T0);
    expect(producer.verify({ name: "t", partitions: [0, 1] }, U0)).toEqual([
      NONE,
      errors.TRANSACTION_ABORTABLE.code,
      errors.TRANSACTION_ABORTABLE.code,
    ]);
  });

  test("hears that the transaction is ending, has ended, or is none of this producer", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    const zombie = producer.twin();
    producer.add(T0);
    producer.end(false);
    expect(producer.verify(T0)).toEqual([errors.CONCURRENT_TRANSACTIONS.code]);
    shard.settle();
    expect(producer.verify(T0)).toEqual([errors.TRANSACTION_ABORTABLE.code]);
    expect(zombie.verify(T0)).toEqual([errors.PRODUCER_FENCED.code]);
    zombie.producerId = 77;
    expect(zombie.verify(T0)).toEqual([errors.INVALID_PRODUCER_ID_MAPPING.code]);
  });

  test("writes nothing", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    const { length } = shard.log;
    producer.verify(T0);
    expect(shard.log).toHaveLength(length);
    expect(producer.state).toBe("Empty");
  });
});
