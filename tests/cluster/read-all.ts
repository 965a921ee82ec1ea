import type { Kafka } from "kafkajs";
import { until } from "./three-brokers.js";

/** The values of the topic from its beginning, once there are so many; committed ones only. */
export async function readAll(kafka: Kafka, topic: string, count: number): Promise<readonly string[]> {
  const consumer = kafka.consumer({ groupId: `read-${topic}`, readUncommitted: false, maxWaitTimeInMs: 100 });
  const values: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      values.push(message.value?.toString() ?? "");
    },
  });
  await until(() => values.length >= count);
  await consumer.disconnect();
  return values;
}
