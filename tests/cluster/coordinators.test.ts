import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { partitionFor } from "../../src/broker/coordinating/shards.js";
import { groupTopic, transactionTopic } from "../../src/broker/internal-topics.js";
import { readAll } from "./read-all.js";
import { ThreeBrokers, until } from "./three-brokers.js";

let brokers: ThreeBrokers;

beforeEach(async () => {
  brokers = await ThreeBrokers.start();
});
afterEach(() => brokers.stop());

/** Kills the coordinator of that id, and waits until another broker has taken over. */
async function killCoordinator(topic: string, key: string): Promise<void> {
  const { length } = await brokers.partitions(topic);
  const partition = partitionFor(key, length);
  const coordinator = await brokers.leaderOf(topic, partition);
  await brokers.cluster.killBroker(coordinator);
  await until(async () => ![coordinator, -1].includes(await brokers.leaderOf(topic, partition)));
}

async function produce(topic: string, values: readonly string[]): Promise<void> {
  const producer = brokers.kafka().producer({ idempotent: true });
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: values.map((value) => ({ key: value, value })) });
  await producer.disconnect();
}

describe("a group", () => {
  test("goes on from its offsets when its coordinator dies", async () => {
    await brokers.createTopic("orders", 3);
    const consumer = brokers.kafka().consumer({
      groupId: "readers",
      sessionTimeout: 2_000,
      heartbeatInterval: 200,
      maxWaitTimeInMs: 100,
    });
    const values: string[] = [];
    await consumer.connect();
    brokers.onStop(() => consumer.disconnect());
    await consumer.subscribe({ topic: "orders", fromBeginning: true });
    await consumer.run({
      autoCommitThreshold: 1,
      eachMessage: async ({ message }) => {
        values.push(message.value?.toString() ?? "");
      },
    });
    await produce("orders", ["a", "b", "c"]);
    await until(() => values.length >= 3);
    await killCoordinator(groupTopic, "readers");
    await produce("orders", ["d", "e", "f"]);
    await until(() => ["d", "e", "f"].every((value) => values.includes(value)));
    const admin = await brokers.admin();
    await until(async () => {
      const [offsets] = await admin.fetchOffsets({ groupId: "readers", topics: ["orders"] });
      const committed = offsets?.partitions.map(({ offset }) => Math.max(Number(offset), 0)) ?? [];
      return committed.reduce((sum, offset) => sum + offset, 0) === 6;
    });
  });
});

describe("a transaction", () => {
  test("reaches partitions on every broker, and the offsets of a group", async () => {
    await brokers.createTopic("orders", 6);
    await brokers.createTopic("bills", 6);
    await produce("orders", ["in"]);
    const producer = brokers.kafka().producer({ transactionalId: "copier", maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    brokers.onStop(() => producer.disconnect());
    const messages = Array.from({ length: 6 }, (_, partition) => ({ partition, value: `kept ${partition}` }));
    const aborted = await producer.transaction();
    await aborted.send({ topic: "bills", messages: messages.map((message) => ({ ...message, value: "lost" })) });
    await aborted.abort();
    const kept = await producer.transaction();
    await kept.send({ topic: "bills", messages });
    await kept.sendOffsets({
      consumerGroupId: "copiers",
      topics: [{ topic: "orders", partitions: [{ partition: 0, offset: "7" }] }],
    });
    await kept.commit();
    expect([...(await readAll(brokers.kafka(), "bills", 6))].sort()).toEqual(messages.map(({ value }) => value));
    const [offsets] = await (await brokers.admin()).fetchOffsets({ groupId: "copiers", topics: ["orders"] });
    expect(offsets?.partitions.find(({ partition }) => partition === 0)?.offset).toBe("7");
  });

  test("is committed by another coordinator when its own dies", async () => {
    await brokers.createTopic("bills", 3);
    const producer = brokers.kafka().producer({ transactionalId: "writer", maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    brokers.onStop(() => producer.disconnect());
    const messages = Array.from({ length: 3 }, (_, partition) => ({ partition, value: `kept ${partition}` }));
    const transaction = await producer.transaction();
    await transaction.send({ topic: "bills", messages });
    await killCoordinator(transactionTopic, "writer");
    await transaction.commit();
    const next = await producer.transaction();
    await next.send({ topic: "bills", messages: messages.map((message) => ({ ...message, value: "lost" })) });
    await next.abort();
    expect([...(await readAll(brokers.kafka(), "bills", 3))].sort()).toEqual(messages.map(({ value }) => value));
  });
});
