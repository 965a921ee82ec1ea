import { describe, expect, test } from "vitest";
import { errors } from "../protocol/errors.js";
import { replyOf, started, T0, TestProducer } from "./producer.test-support.js";
import { TransactionShard } from "./transaction-shard.test-support.js";

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

describe("a transactional id that nobody uses", () => {
  test("is forgotten after transactional.id.expiration.ms, and its producer id with it", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    shard.pass(WEEK_MS - HOUR_MS);
    expect(producer.state).toBe("Empty");
    shard.pass(2 * HOUR_MS);
    expect(producer.state).toBeUndefined();
    expect(shard.log.at(-1)?.value).toBeNull();
    expect(producer.add(T0)).toBe(errors.INVALID_PRODUCER_ID_MAPPING.code);
    expect(producer.init()).toBe(errors.NONE.code);
    expect(producer).toMatchObject({ producerId: 1001, producerEpoch: 0 });
  });

  test("stays forgotten after a reload", () => {
    const shard = new TransactionShard();
    started(shard);
    shard.pass(WEEK_MS + HOUR_MS);
    shard.reload();
    expect(shard.state.transactions.size).toBe(0);
    const answer = shard.call("describe", { transactionalId: "tx" });
    expect(replyOf(answer).errorCode).toBe(errors.TRANSACTIONAL_ID_NOT_FOUND.code);
  });

  test("is kept while its transaction is prepared", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    producer.add(T0);
    producer.end(true);
    shard.pass(2 * WEEK_MS);
    expect(producer.state).toBe("PrepareCommit");
    shard.settle();
    expect(producer.state).toBe("CompleteCommit");
    shard.pass(WEEK_MS + HOUR_MS);
    expect(producer.state).toBeUndefined();
  });
});

test("more than one batch holds are forgotten in several", () => {
  const shard = new TransactionShard();
  const longName = "x".repeat(10_000);
  for (let i = 0; i < 100; i++) new TestProducer(shard, { transactionalId: `${longName}${i}` }).init();
  const batches: number[] = [];
  shard.onDecision = ({ records }) => batches.push(records.length);
  shard.pass(WEEK_MS + HOUR_MS);
  expect(shard.state.transactions.size).toBe(0);
  const written = batches.filter((count) => count > 0);
  expect(written.length).toBeGreaterThan(5);
  expect(Math.max(...written)).toBeLessThan(20);
});
