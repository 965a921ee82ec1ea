/** kafkajs as its users write it: no setting but the address. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Consumer, type ITopicConfig, Kafka, type KafkaMessage, logLevel } from "kafkajs";

export function connect(bootstrapServers: string, clientId = "samsa-compat"): Kafka {
  return new Kafka({ clientId, brokers: [bootstrapServers], logLevel: logLevel.NOTHING });
}

/**
 * Makes a topic and waits until its partitions answer. kafkajs would wait for the leaders by itself, but it takes the
 * "unknown topic" that Apache Kafka answers in the first moments for final, and a leader may be known before its log
 * is open: a producer then sends some records twice.
 */
export async function createTopic(kafka: Kafka, topic: ITopicConfig, timeoutMs = 20_000): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: false, topics: [topic] });
  const deadlineMs = performance.now() + timeoutMs;
  const answers = () =>
    admin.fetchTopicOffsets(topic.topic).then(
      () => true,
      () => false,
    );
  while (!(await answers())) {
    if (performance.now() > deadlineMs) throw new Error(`topic ${topic.topic} does not answer after ${timeoutMs} ms`);
    await sleep(50);
  }
  await admin.disconnect();
}

export interface Received {
  readonly partition: number;
  readonly message: KafkaMessage;
}

/** Runs the subscribed consumer until it has as many records as wanted; fails when they do not come in time. */
export async function receive(consumer: Consumer, count: number, timeoutMs = 30_000): Promise<Received[]> {
  const received: Received[] = [];
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`only ${received.length} of ${count} records came in ${timeoutMs} ms`)),
      timeoutMs,
    );
    const running = consumer.run({
      eachMessage: async ({ partition, message }) => {
        received.push({ partition, message });
        if (received.length < count) return;
        clearTimeout(timer);
        resolve();
      },
    });
    running.catch(reject);
  });
  return received;
}
