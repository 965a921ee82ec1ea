/** kafkajs as its users write it: no setting but the address. */
import { type Consumer, Kafka, type KafkaMessage, logLevel } from "kafkajs";

export function connect(bootstrapServers: string, clientId = "samsa-compat"): Kafka {
  return new Kafka({ clientId, brokers: [bootstrapServers], logLevel: logLevel.NOTHING });
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
