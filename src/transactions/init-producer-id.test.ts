import { describe, expect, test } from "vitest";
import { errors } from "../protocol/errors.js";
import { TRANSACTIONAL_IDS_MAX } from "./init-producer-id.js";
import { atLastEpoch, replyOf, started, T0, TestProducer } from "./producer.test-support.js";
import { TransactionShard } from "./transaction-shard.test-support.js";

const NONE = errors.NONE.code;

describe("a transactional id that is new", () => {
  test("gets a producer id that nobody had, at epoch 0", () => {
    const producer = started(new TransactionShard());
    expect(producer).toMatchObject({ producerId: 1000, producerEpoch: 0, state: "Empty" });
  });

  test("is given to two who ask at once in turn: the second one fences the first", () => {
    const shard = new TransactionShard();
    const [first, second] = [new TestProducer(shard), new TestProducer(shard)];
    const answers = [first.initLater(), second.initLater()];
    shard.settle();
    expect(answers.map(replyOf)).toEqual([
      { errorCode: NONE, producerId: 1000, producerEpoch: 0 },
      { errorCode: NONE, producerId: 1000, producerEpoch: 1 },
    ]);
  });

  test("may be taken by a producer that brings an id of its own, and gets another one", () => {
    const producer = new TestProducer(new TransactionShard());
    expect(producer.init({ producerId: 7, producerEpoch: 3 })).toBe(NONE);
    expect(producer).toMatchObject({ producerId: 1000, producerEpoch: 0 });
  });

  test("is not made when there is no producer id to be had", () => {
    const shard = new TransactionShard();
    const answer = new TestProducer(shard).initLater();
    shard.failAllocation(errors.COORDINATOR_LOAD_IN_PROGRESS.code);
    expect(replyOf(answer)).toEqual({
      errorCode: errors.COORDINATOR_LOAD_IN_PROGRESS.code,
      producerId: -1,
      producerEpoch: -1,
    });
    expect(shard.state.transactions.size).toBe(0);
  });

  test("is answered only when it is committed", () => {
    const shard = new TransactionShard();
    const answer = new TestProducer(shard).initLater();
    shard.holdsCommits = true;
    shard.finishErrand();
    expect(answer.reply).toBeNull();
    shard.commit();
    expect(answer.reply).toMatchObject({ errorCode: NONE });
  });
});

test("a shard that has all the transactional ids it can keep takes no other one", () => {
  const shard = new TransactionShard();
  started(shard);
  const { transactions } = shard.state;
  const one = transactions.get("tx");
  for (let i = 1; one !== undefined && i < TRANSACTIONAL_IDS_MAX; i++) transactions.set(`${i}`, one);
  expect(new TestProducer(shard, { transactionalId: "more" }).init()).toBe(errors.POLICY_VIOLATION.code);
  expect(new TestProducer(shard).init()).toBe(NONE);
});

describe("requests that make no sense", () => {
  test.each([
    ["an empty transactional id", { transactionalId: "" }, errors.INVALID_REQUEST.code],
    ["an id without an epoch", { producerId: 3 }, errors.INVALID_REQUEST.code],
    ["an epoch without an id", { producerEpoch: 3 }, errors.INVALID_REQUEST.code],
    ["a timeout above transaction.max.timeout.ms", { transactionTimeoutMs: 900_001 }, 50],
    ["no timeout at all", { transactionTimeoutMs: 0 }, errors.INVALID_TRANSACTION_TIMEOUT.code],
    ["two-phase commit", { enable2Pc: true }, errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code],
    ["keeping what is prepared", { keepPreparedTxn: true }, errors.UNSUPPORTED_VERSION.code],
  ])("%s", (_what, request, errorCode) => {
    expect(new TestProducer(new TransactionShard()).init(request)).toBe(errorCode);
  });
});

test("where two-phase commit is enabled, its transactions have no timeout", () => {
  const shard = new TransactionShard({ transactionTwoPhaseCommitEnable: true });
  const producer = new TestProducer(shard);
  expect(producer.init({ enable2Pc: true, transactionTimeoutMs: 1 })).toBe(NONE);
  producer.add(T0);
  shard.pass(30 * 24 * 3_600_000);
  expect(producer.state).toBe("Ongoing");
});

describe("a transactional id that is known", () => {
  test("fences the producer that had it before", () => {
    const shard = new TransactionShard();
    const old = started(shard);
    const fresh = started(shard);
    expect(fresh).toMatchObject({ producerId: old.producerId, producerEpoch: 1 });
    expect(old.add(T0)).toBe(errors.PRODUCER_FENCED.code);
    expect(old.end(true)).toBe(errors.PRODUCER_FENCED.code);
    expect(old.initAgain()).toBe(errors.PRODUCER_FENCED.code);
  });

  test("of a request that comes once more, late, fences the producer that began with the first answer", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    producer.add(T0);
    producer.initLater();
    shard.settle();
    expect(producer.state).toBe("CompleteAbort");
    expect(producer.verify(T0)).toEqual([errors.PRODUCER_FENCED.code]);
    expect(producer.add(T0)).toBe(errors.PRODUCER_FENCED.code);
    expect(producer.init()).toBe(NONE);
    expect(producer.add(T0)).toBe(NONE);
  });

  test.each([1, 2])("aborts what is open before it is given out again (generation %i)", (generation) => {
    const shard = new TransactionShard();
    const old = started(shard, { generation });
    old.add(T0);
    const fresh = new TestProducer(shard, { generation });
    expect(fresh.init()).toBe(errors.CONCURRENT_TRANSACTIONS.code);
    expect(fresh.state).toBe("PrepareAbort");
    expect(shard.errands).toMatchObject([{ type: "writeMarkers", commit: false, producerEpoch: 1 }]);
    expect(fresh.init()).toBe(errors.CONCURRENT_TRANSACTIONS.code);
    shard.settle();
    expect(fresh.init()).toBe(NONE);
    expect(fresh).toMatchObject({ producerId: old.producerId, producerEpoch: 2 });
    expect(old.end(true)).toBe(errors.PRODUCER_FENCED.code);
  });

  test("in a cluster that is not yet of the second generation, the fence is of the first", () => {
    const shard = new TransactionShard();
    shard.publish({ t: 1 }, 1);
    const old = started(shard, { generation: 0 });
    old.add(T0);
    new TestProducer(shard).init();
    expect(shard.errands).toMatchObject([{ producerEpoch: 1, transactionVersion: 0 }]);
    shard.settle();
    expect(old.initAgain()).toBe(errors.PRODUCER_FENCED.code);
  });

  test("changes the timeout of the next transaction", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    producer.init({ transactionTimeoutMs: 5_000 });
    expect(shard.state.transactions.get("tx")?.logged.transactionTimeoutMs).toBe(5_000);
  });
});

describe("a producer that goes on with its own id (KIP-360)", () => {
  test("gets the next epoch, and at a retry the same one again", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    const retry = producer.twin();
    expect(producer.initAgain()).toBe(NONE);
    expect(producer.producerEpoch).toBe(1);
    expect(retry.initAgain()).toBe(NONE);
    expect(retry.producerEpoch).toBe(1);
  });

  test("is fenced when another one has started meanwhile", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    const zombie = producer.twin();
    producer.initAgain();
    started(shard);
    expect(producer.initAgain()).toBe(errors.PRODUCER_FENCED.code);
    expect(zombie.initAgain()).toBe(errors.PRODUCER_FENCED.code);
  });

  test("is fenced when the id is not the one of this transactional id", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    expect(producer.init({ producerId: 77, producerEpoch: 0 })).toBe(errors.PRODUCER_FENCED.code);
  });

  test("that lost the answer to its end learns its epoch, also from a coordinator that has just loaded", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    producer.add(T0);
    const lost = producer.twin();
    producer.end(true);
    shard.settle();
    shard.reload();
    expect(lost.initAgain()).toBe(NONE);
    expect(lost.producerEpoch).toBe(producer.producerEpoch);
  });
});

describe("at the last epoch", () => {
  test("a producer that starts anew gets a new id", () => {
    const shard = new TransactionShard();
    atLastEpoch(shard);
    expect(started(shard)).toMatchObject({ producerId: 1001, producerEpoch: 0 });
  });

  test("a producer that goes on gets a new id, and at a retry the same one again", () => {
    const producer = atLastEpoch(new TransactionShard());
    const retry = producer.twin();
    expect(producer.initAgain()).toBe(NONE);
    expect(producer).toMatchObject({ producerId: 1001, producerEpoch: 0 });
    expect(retry.initAgain()).toBe(NONE);
    expect(retry).toMatchObject({ producerId: 1001, producerEpoch: 0 });
  });

  test("an open transaction is aborted under the highest epoch, which no producer has, and a new id follows", () => {
    const shard = new TransactionShard();
    const producer = atLastEpoch(shard);
    producer.add(T0);
    const fresh = new TestProducer(shard);
    const answer = fresh.initLater();
    shard.finishErrand();
    expect(replyOf(answer).errorCode).toBe(errors.CONCURRENT_TRANSACTIONS.code);
    expect(shard.errands).toMatchObject([{ producerId: 1000, producerEpoch: 32767, commit: false }]);
    shard.settle();
    expect(fresh.init()).toBe(NONE);
    expect(fresh).toMatchObject({ producerId: 1001, producerEpoch: 1 });
  });
});
