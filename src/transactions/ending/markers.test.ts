import { describe, expect, test } from "vitest";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { replyOf, started, T0, T1, type TestProducer, U0 } from "../producer.test-support.js";
import { TransactionShard } from "../transaction-shard.test-support.js";

const allTopics = { t: 4, u: 4 };

/** A transaction over t-0, t-1 and u-0 whose outcome is prepared. */
function preparedTransaction(): { shard: TransactionShard; producer: TestProducer } {
  const shard = new TransactionShard();
  const producer = started(shard);
  producer.add(T0, T1, U0);
  producer.end(true);
  return { shard, producer };
}

function only(topic: string, errorCode: ErrorCode | null) {
  return (partition: { readonly topic: string }) => (partition.topic === topic ? errorCode : errors.NONE.code);
}

describe("a partition that cannot take its marker", () => {
  test.each([errors.NOT_LEADER_OR_FOLLOWER.code, errors.UNKNOWN_TOPIC_OR_PARTITION.code, null])(
    "is tried again after a while, alone (%s)",
    (errorCode) => {
      const { shard, producer } = preparedTransaction();
      shard.finishErrand(only("u", errorCode));
      expect(shard.errands).toEqual([]);
      shard.pass(1_000);
      expect(shard.errands).toMatchObject([{ partitions: [{ topic: "u", partition: 0 }] }]);
      expect(producer.state).toBe("PrepareCommit");
      shard.settle();
      expect(producer.state).toBe("CompleteCommit");
    },
  );

  test("is tried again at once when the metadata changes: it may have a leader again", () => {
    const { shard } = preparedTransaction();
    shard.finishErrand(only("u", errors.NOT_LEADER_OR_FOLLOWER.code));
    shard.publish(allTopics);
    shard.pass(0);
    expect(shard.errands).toHaveLength(1);
  });

  test("is not waited for any more when it is deleted", () => {
    const { shard, producer } = preparedTransaction();
    shard.finishErrand(only("u", errors.NOT_LEADER_OR_FOLLOWER.code));
    shard.publish({ t: 4 });
    shard.pass(0);
    expect(shard.errands).toEqual([]);
    expect(producer.state).toBe("CompleteCommit");
  });

  test("is not waited for when it was deleted while the marker was under way", () => {
    const { shard, producer } = preparedTransaction();
    shard.publish({ t: 4 });
    shard.finishErrand(only("u", errors.UNKNOWN_TOPIC_OR_PARTITION.code));
    expect(producer.state).toBe("CompleteCommit");
  });

  test("that has a later epoch of the producer has no open transaction of this one", () => {
    const { shard, producer } = preparedTransaction();
    shard.finishErrand(only("u", errors.INVALID_PRODUCER_EPOCH.code));
    expect(producer.state).toBe("CompleteCommit");
  });

  test("that knows a later coordinator keeps this one trying until it learns that it is none", () => {
    const { shard, producer } = preparedTransaction();
    for (let tries = 0; tries < 5; tries++) {
      shard.finishErrand(only("u", errors.TRANSACTION_COORDINATOR_FENCED.code));
      shard.pass(1_000);
    }
    expect(shard.errands).toHaveLength(1);
    expect(producer.state).toBe("PrepareCommit");
  });
});

test("a transaction whose partitions were all deleted is over at once", () => {
  const shard = new TransactionShard();
  const producer = started(shard);
  producer.add(U0);
  shard.publish({ t: 4 });
  expect(producer.end(true)).toBe(errors.NONE.code);
  expect(producer.state).toBe("CompleteCommit");
});

test("markers leave only when the outcome is committed", () => {
  const shard = new TransactionShard();
  const producer = started(shard);
  producer.add(T0);
  shard.holdsCommits = true;
  const answer = producer.endLater(true);
  expect([answer.reply, shard.errands]).toEqual([null, []]);
  shard.commit();
  expect(shard.errands).toHaveLength(1);
});

describe("a coordinator that loads", () => {
  test("writes the markers of what was prepared, under its own epoch", () => {
    const { shard, producer } = preparedTransaction();
    shard.finishErrand(only("u", null));
    shard.reload();
    expect(shard.errands).toMatchObject([{ coordinatorEpoch: 1, commit: true, producerEpoch: 1 }]);
    expect(shard.errands[0]).toHaveProperty("partitions.length", 3);
    shard.settle();
    expect(producer.state).toBe("CompleteCommit");
  });

  test("completes what was prepared over topics that are gone", () => {
    const { shard, producer } = preparedTransaction();
    shard.publish({});
    shard.reload();
    shard.pass(1_000);
    expect(producer.state).toBe("CompleteCommit");
  });

  test("leaves open transactions open", () => {
    const shard = new TransactionShard();
    const producer = started(shard);
    producer.add(T0);
    shard.reload();
    expect(shard.errands).toEqual([]);
    expect(producer.add(T1)).toBe(errors.NONE.code);
  });
});

describe("a completion that the log refuses", () => {
  test("is written later", () => {
    const { shard, producer } = preparedTransaction();
    shard.refuseNext = errors.NOT_ENOUGH_REPLICAS.code;
    shard.finishErrand();
    expect(producer.state).toBe("PrepareCommit");
    shard.refuseNext = errors.NOT_ENOUGH_REPLICAS.code;
    shard.pass(300);
    expect(producer.state).toBe("PrepareCommit");
    shard.pass(2_000);
    expect(producer.state).toBe("CompleteCommit");
    expect(shard.errands).toEqual([]);
  });
});

test("the transactions of a shard do not wait for each other", () => {
  const shard = new TransactionShard();
  const producers = ["a", "b"].map((transactionalId) => started(shard, { transactionalId }));
  for (const producer of producers) producer.add(T0);
  for (const producer of producers) replyOf(producer.endLater(true));
  shard.finishErrand(() => null);
  shard.finishErrand();
  expect(producers.map(({ state }) => state)).toEqual(["PrepareCommit", "CompleteCommit"]);
  shard.pass(1_000);
  shard.settle();
  expect(producers[0]?.state).toBe("CompleteCommit");
});
