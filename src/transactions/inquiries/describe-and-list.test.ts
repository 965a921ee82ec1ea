import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { replyOf, started, T0, T1, U0 } from "../producer.test-support.js";
import { TransactionShard } from "../transaction-shard.test-support.js";
import { readListFilters } from "./list-filters.js";

describe("DescribeTransactions", () => {
  function describeIt(shard: TransactionShard) {
    return replyOf(shard.call("describe", { transactionalId: "tx" }));
  }

  test("tells an open transaction", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    shard.pass(1_000);
    producer.add(T0, T1, U0);
    expect(describeIt(shard)).toEqual({
      errorCode: errors.NONE.code,
      transactionalId: "tx",
      transactionState: "Ongoing",
      transactionTimeoutMs: 60_000,
      transactionStartTimeMs: shard.wallMs,
      producerId: 1000,
      producerEpoch: 0,
      topics: [
        { topic: "t", partitions: [0, 1] },
        { topic: "u", partitions: [0] },
      ],
    });
  });

  test("tells of a prepared one which partitions still wait for their marker", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    producer.add(T0, T1, U0);
    producer.end(true);
    shard.finishErrand(({ partition }) => (partition === 1 ? errors.NOT_LEADER_OR_FOLLOWER.code : errors.NONE.code));
    expect(describeIt(shard)).toMatchObject({
      transactionState: "PrepareCommit",
      topics: [{ topic: "t", partitions: [1] }],
    });
  });

  test("knows no other transactional id", () => {
    const shard = new TransactionShard();
    expect(describeIt(shard).errorCode).toBe(errors.TRANSACTIONAL_ID_NOT_FOUND.code);
  });

  test("shows nothing that is not committed", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    started(shard, { transactionalId: "other" });
    shard.holdsCommits = true;
    producer.addLater(T0);
    const answers = ["tx", "other"].map((transactionalId) => shard.call("describe", { transactionalId }));
    expect(answers.map(({ reply }) => reply?.transactionState)).toEqual([undefined, "Empty"]);
    shard.commit();
    expect(answers.map(({ reply }) => reply?.transactionState)).toEqual(["Ongoing", "Empty"]);
  });

  test("does not deny a transactional id before its end is committed", () => {
    const shard = new TransactionShard();
    started(shard);
    shard.holdsCommits = true;
    shard.pass(8 * 24 * 3_600_000);
    const answer = shard.call("describe", { transactionalId: "tx" });
    expect(answer.reply).toBeNull();
    shard.commit();
    expect(answer.reply?.errorCode).toBe(errors.TRANSACTIONAL_ID_NOT_FOUND.code);
  });
});

describe("ListTransactions", () => {
  const everything = {
    stateFilters: [] as string[],
    producerIdFilters: [] as number[],
    durationFilter: -1,
    transactionalIdPattern: null as string | null,
  };

  function list(shard: TransactionShard, request: Partial<typeof everything> = {}): string[] {
    const read = readListFilters({ ...everything, ...request });
    if (read === null) throw new Error("the filters make no sense");
    const answer = shard.call("list", read.filters);
    shard.settle();
    return replyOf(answer).map(({ transactionalId }) => transactionalId);
  }

  function someTransactions(): TransactionShard {
    const shard = new TransactionShard();
    started(shard, { transactionalId: "app-1" }).add(T0);
    shard.pass(3_000);
    started(shard, { transactionalId: "app-2" }).add(T0);
    started(shard, { transactionalId: "other" });
    return shard;
  }

  test("lists all, with id and state", () => {
    const shard = someTransactions();
    expect(list(shard)).toEqual(["app-1", "app-2", "other"]);
    const read = readListFilters({ ...everything, stateFilters: ["Empty"] });
    const answer = read === null ? null : shard.call("list", read.filters);
    expect(answer?.reply).toEqual([{ transactionalId: "other", producerId: 1002, transactionState: "Empty" }]);
  });

  test("filters by state, by producer id, by duration and by pattern", () => {
    const shard = someTransactions();
    expect(list(shard, { stateFilters: ["Ongoing"] })).toEqual(["app-1", "app-2"]);
    expect(list(shard, { stateFilters: ["Dead"] })).toEqual([]);
    expect(list(shard, { producerIdFilters: [1001, 5] })).toEqual(["app-2"]);
    expect(list(shard, { durationFilter: 2_999 })).toEqual(["app-1", "other"]);
    expect(list(shard, { durationFilter: 3_000, stateFilters: ["Ongoing"] })).toEqual([]);
    expect(list(shard, { transactionalIdPattern: "app-.*" })).toEqual(["app-1", "app-2"]);
    expect(list(shard, { transactionalIdPattern: "app" })).toEqual([]);
    expect(list(shard, { transactionalIdPattern: "" })).toHaveLength(3);
  });

  test("names the states that it does not know, and none of them lets anything pass", () => {
    const read = readListFilters({ ...everything, stateFilters: ["Ongoing", "Gone", "constructor", "Gone"] });
    expect(read?.unknownStateFilters).toEqual(["Gone", "constructor"]);
    expect(list(someTransactions(), { stateFilters: ["Gone"] })).toEqual([]);
  });

  test.each(["(", "a{2,1}", "(?=x)", "\\1", "x".repeat(3_000)])("does not take the pattern %s", (pattern) => {
    expect(readListFilters({ ...everything, transactionalIdPattern: pattern })).toBeNull();
  });
});
