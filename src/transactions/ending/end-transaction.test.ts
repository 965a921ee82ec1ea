import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { atLastEpoch, replyOf, started, T0, TestProducer, U0 } from "../producer.test-support.js";
import { TransactionShard } from "../transaction-shard.test-support.js";

const { NONE, INVALID_TXN_STATE, CONCURRENT_TRANSACTIONS, PRODUCER_FENCED } = errors;

describe("a producer of the first generation", () => {
  test("keeps its epoch at the end of a transaction", () => {
    const shard = new TransactionShard();
    const producer = started(shard, { generation: 0 });
    producer.add(T0);
    const answer = producer.endLater(true);
    expect(replyOf(answer)).toEqual({ errorCode: NONE.code, producerId: -1, producerEpoch: -1 });
    expect(producer.state).toBe("PrepareCommit");
    expect(shard.errands).toEqual([
      {
        type: "writeMarkers",
        transactionalId: "tx",
        producerId: 1000,
        producerEpoch: 0,
        coordinatorEpoch: 0,
        commit: true,
        transactionVersion: 0,
        partitions: [{ topic: "t", partition: 0 }],
      },
    ]);
    shard.settle();
    expect(producer.state).toBe("CompleteCommit");
    expect(producer.add(U0)).toBe(NONE.code);
  });

  test.each([
    ["Empty", true, INVALID_TXN_STATE],
    ["Empty", false, INVALID_TXN_STATE],
    ["PrepareCommit", true, CONCURRENT_TRANSACTIONS],
    ["PrepareCommit", false, INVALID_TXN_STATE],
    ["PrepareAbort", true, INVALID_TXN_STATE],
    ["PrepareAbort", false, CONCURRENT_TRANSACTIONS],
    ["CompleteCommit", true, NONE],
    ["CompleteCommit", false, INVALID_TXN_STATE],
    ["CompleteAbort", true, INVALID_TXN_STATE],
    ["CompleteAbort", false, NONE],
  ] as const)("in %s, commit %s", (state, committed, { code }) => {
    const shard = new TransactionShard();
    const producer = started(shard, { generation: 0 });
    shard.rewrite("tx", { state });
    const { length } = shard.log;
    expect(producer.end(committed)).toBe(code);
    expect(shard.log).toHaveLength(length);
  });
});

describe("a producer of the second generation (KIP-890)", () => {
  test("gets a new epoch at every end, and its markers carry it", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    producer.add(T0);
    expect(producer.end(true)).toBe(NONE.code);
    expect(producer).toMatchObject({ producerId: 1000, producerEpoch: 1 });
    expect(shard.errands).toMatchObject([{ producerEpoch: 1, transactionVersion: 2 }]);
    shard.settle();
    producer.add(T0);
    expect(producer.end(false)).toBe(NONE.code);
    expect(producer).toMatchObject({ producerEpoch: 2, state: "PrepareAbort" });
  });

  /** What an EndTxn means where the epoch is the present one, and where it is the one before: a retry. */
  const table = [
    ["Empty", { commit: INVALID_TXN_STATE, abort: "ends", commitRetry: PRODUCER_FENCED, abortRetry: PRODUCER_FENCED }],
    ["Ongoing", { commit: "ends", abort: "ends", commitRetry: PRODUCER_FENCED, abortRetry: PRODUCER_FENCED }],
    [
      "PrepareCommit",
      {
        commit: PRODUCER_FENCED,
        abort: PRODUCER_FENCED,
        commitRetry: CONCURRENT_TRANSACTIONS,
        abortRetry: INVALID_TXN_STATE,
      },
    ],
    [
      "PrepareAbort",
      {
        commit: PRODUCER_FENCED,
        abort: PRODUCER_FENCED,
        commitRetry: INVALID_TXN_STATE,
        abortRetry: CONCURRENT_TRANSACTIONS,
      },
    ],
    ["CompleteCommit", { commit: INVALID_TXN_STATE, abort: "ends", commitRetry: NONE, abortRetry: INVALID_TXN_STATE }],
    ["CompleteAbort", { commit: INVALID_TXN_STATE, abort: "ends", commitRetry: INVALID_TXN_STATE, abortRetry: NONE }],
  ] as const;

  test.each(table)("in %s", (state, expected) => {
    for (const [what, epoch, committed] of [
      ["commit", 7, true],
      ["abort", 7, false],
      ["commitRetry", 6, true],
      ["abortRetry", 6, false],
    ] as const) {
      const shard = new TransactionShard();
      const producer = started(shard);
      shard.rewrite("tx", { state, producerEpoch: 7 });
      const { length } = shard.log;
      producer.producerEpoch = epoch;
      const { errorCode, producerEpoch } = replyOf(producer.endLater(committed));
      const meaning = expected[what];
      expect([what, errorCode]).toEqual([what, meaning === "ends" ? 0 : meaning.code]);
      expect(shard.log.length > length).toBe(meaning === "ends");
      if (errorCode === 0) expect(producerEpoch).toBe(meaning === "ends" ? 8 : 7);
    }
  });

  test.each([5, 8])("with the epoch %i where 7 is the present one, it is fenced", (epoch) => {
    const shard = new TransactionShard();
    const producer = started(shard);
    shard.rewrite("tx", { state: "CompleteCommit", producerEpoch: 7 });
    producer.producerEpoch = epoch;
    expect(producer.end(true)).toBe(PRODUCER_FENCED.code);
  });

  test("may abort what it never began: that is over at once", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    expect(producer.end(false)).toBe(NONE.code);
    expect(producer).toMatchObject({ producerEpoch: 1, state: "CompleteAbort" });
    expect(shard.errands).toEqual([]);
    expect(shard.state.transactions.get("tx")?.logged.transactionStartTimestampMs).toBe(shard.wallMs);
  });

  test("at its last epoch goes on with a new producer id, and a retry learns the same", () => {
    const shard = new TransactionShard();
    const producer = atLastEpoch(shard);
    producer.add(T0);
    const retry = producer.twin();
    expect(producer.end(true)).toBe(NONE.code);
    expect(producer).toMatchObject({ producerId: 1001, producerEpoch: 0 });
    expect(shard.errands).toMatchObject([{ producerId: 1000, producerEpoch: 32767 }]);
    expect(retry.twin().end(true)).toBe(CONCURRENT_TRANSACTIONS.code);
    expect(producer.add(T0)).toBe(errors.INVALID_PRODUCER_ID_MAPPING.code);
    shard.settle();
    expect(retry.end(true)).toBe(NONE.code);
    expect(retry).toMatchObject({ producerId: 1001, producerEpoch: 0 });
    expect(producer.add(T0)).toBe(NONE.code);
  });

  test("at its last epoch waits when there is no new producer id to be had, and may ask again", () => {
    const shard = new TransactionShard();
    const producer = atLastEpoch(shard);
    producer.add(T0);
    const answer = producer.endLater(true);
    shard.failAllocation(errors.COORDINATOR_LOAD_IN_PROGRESS.code);
    expect(replyOf(answer).errorCode).toBe(errors.COORDINATOR_LOAD_IN_PROGRESS.code);
    expect(producer.state).toBe("Ongoing");
    expect(producer.end(true)).toBe(NONE.code);
  });

  test("two ends at the last epoch are decided by what is true when their producer ids come", () => {
    const shard = new TransactionShard();
    const producer = atLastEpoch(shard);
    producer.add(T0);
    const [commit, abort] = [producer.endLater(true), producer.endLater(false)];
    shard.finishErrand();
    shard.finishErrand();
    expect(replyOf(commit).errorCode).toBe(NONE.code);
    expect(replyOf(abort).errorCode).toBe(INVALID_TXN_STATE.code);
    expect(producer.state).toBe("PrepareCommit");
  });
});

test.each([0, 2])("nobody ends the transaction of somebody else (generation %i)", (generation) => {
  const shard = new TransactionShard();
  const producer = started(shard, { generation });
  producer.add(T0);
  const stranger = producer.twin();
  stranger.producerId = 77;
  expect(stranger.end(true)).toBe(errors.INVALID_PRODUCER_ID_MAPPING.code);
  expect(new TestProducer(shard, { transactionalId: "nobody", generation }).end(true)).toBe(49);
  expect(new TestProducer(shard, { transactionalId: "", generation }).end(true)).toBe(errors.INVALID_REQUEST.code);
  expect(producer.state).toBe("Ongoing");
});

test("an end that the log refuses leaves the transaction open", () => {
  const shard = new TransactionShard();
  const producer = started(shard);
  producer.add(T0);
  shard.refuseNext = errors.NOT_ENOUGH_REPLICAS.code;
  expect(producer.endLater(true).errorCode).toBe(errors.NOT_ENOUGH_REPLICAS.code);
  expect(shard.errands).toEqual([]);
  expect(producer.end(true)).toBe(NONE.code);
});
