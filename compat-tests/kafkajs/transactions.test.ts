/** Transactions of kafkajs, which speaks the first generation of their protocol. */
import type { Kafka } from "kafkajs";
import { expect, test } from "vitest";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { connect, createTopic, receive } from "./connect.js";

const TEST_MS_MAX = 60_000;

const broker = targetForThisFile();

async function transactionalProducer(kafka: Kafka, transactionalId: string) {
  const producer = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  return producer;
}

async function values(kafka: Kafka, topic: string, count: number, readUncommitted: boolean) {
  const groupId = `${topic}-${readUncommitted ? "all" : "committed"}`;
  const consumer = kafka.consumer({ groupId, readUncommitted });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const received = await receive(consumer, count);
  await consumer.disconnect();
  return received.map(({ message }) => message.value?.toString()).sort();
}

test(
  "what is aborted is seen only by who reads everything",
  async () => {
    const kafka = connect(broker().bootstrapServers);
    const topic = "ended";
    await createTopic(kafka, { topic, numPartitions: 2 });
    const producer = await transactionalProducer(kafka, topic);
    for (const [end, word] of [
      ["commit", "one"],
      ["abort", "two"],
      ["commit", "three"],
    ] as const) {
      const transaction = await producer.transaction();
      const messages = [0, 1].map((partition) => ({ partition, value: `${word}-${partition}` }));
      await transaction.send({ topic, messages });
      await transaction[end]();
    }
    await producer.disconnect();
    const committed = ["one-0", "one-1", "three-0", "three-1"];
    expect(await values(kafka, topic, 4, false)).toEqual(committed);
    expect(await values(kafka, topic, 6, true)).toEqual([...committed, "two-0", "two-1"]);
  },
  TEST_MS_MAX,
);

test(
  "offsets that are sent with a transaction count when it is committed",
  async () => {
    const kafka = connect(broker().bootstrapServers);
    const topic = "offsets-with-transaction";
    await createTopic(kafka, { topic });
    const producer = await transactionalProducer(kafka, topic);
    const admin = kafka.admin();
    await admin.connect();
    const offset = async () =>
      (await admin.fetchOffsets({ groupId: topic, topics: [topic] }))[0]?.partitions[0]?.offset;
    for (const [end, sent, expected] of [
      ["abort", "5", "-1"],
      ["commit", "7", "7"],
      ["abort", "9", "7"],
    ] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value: sent }] });
      const topics = [{ topic, partitions: [{ partition: 0, offset: sent }] }];
      await transaction.sendOffsets({ consumerGroupId: topic, topics });
      await transaction[end]();
      await expect.poll(offset, { timeout: 10_000 }).toBe(expected);
    }
    await admin.disconnect();
    await producer.disconnect();
  },
  TEST_MS_MAX,
);

test(
  "a producer is fenced by the next one with its transactional id",
  async () => {
    const kafka = connect(broker().bootstrapServers);
    const topic = "fencing";
    await createTopic(kafka, { topic });
    const first = await transactionalProducer(kafka, topic);
    const transaction = await first.transaction();
    await transaction.send({ topic, messages: [{ value: "of the fenced" }] });
    const second = await transactionalProducer(kafka, topic);
    const next = await second.transaction();
    await expect(transaction.commit()).rejects.toThrow(/epoch/);
    await next.send({ topic, messages: [{ value: "of the second" }] });
    await next.commit();
    await Promise.all([first.disconnect(), second.disconnect()]);
    expect(await values(kafka, topic, 1, false)).toEqual(["of the second"]);
  },
  TEST_MS_MAX,
);
