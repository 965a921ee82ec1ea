/** What kafkajs programs find again after the broker was away. */
import type { Kafka } from "kafkajs";
import { expect, test } from "vitest";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { connect, createTopic, receive } from "./connect.js";

const broker = targetForThisFile();

async function send(kafka: Kafka, topic: string, ...values: string[]): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}

async function readAndCommit(kafka: Kafka, topic: string, count: number): Promise<(string | undefined)[]> {
  const consumer = kafka.consumer({ groupId: `${topic}-readers` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const received = await receive(consumer, count);
  await consumer.disconnect();
  return received.map(({ message }) => message.value?.toString());
}

test.each([
  ["a clean stop", "after-stop", () => broker().stop()],
  ["kill -9", "after-kill", () => broker().kill()],
] as const)("after %s, topics, records, groups and committed offsets are still there", async (_what, topic, end) => {
  const kafka = connect(broker().bootstrapServers);
  const admin = kafka.admin();
  await createTopic(kafka, { topic });
  await admin.connect();
  const { clusterId } = await admin.describeCluster();
  await send(kafka, topic, "one", "two");
  expect(await readAndCommit(kafka, topic, 2)).toEqual(["one", "two"]);
  await send(kafka, topic, "three");
  await admin.disconnect();

  await end();
  await broker().start();

  await admin.connect();
  // Apache Kafka calls itself started a little before it leads its partitions again, and kafkajs does not ask twice.
  const partitionZero = { partition: 0, low: "0", high: "3" };
  await expect.poll(() => admin.fetchTopicOffsets(topic), { timeout: 20_000 }).toMatchObject([partitionZero]);
  expect((await admin.describeCluster()).clusterId).toBe(clusterId);
  expect(await admin.listTopics()).toContain(topic);
  await admin.disconnect();
  expect(await readAndCommit(kafka, topic, 1)).toEqual(["three"]);
  await send(kafka, topic, "four");
  expect(await readAndCommit(kafka, topic, 1)).toEqual(["four"]);
});
