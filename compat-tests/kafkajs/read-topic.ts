/** Reads a topic while brokers and clients are struck. */
import { randomUUID } from "node:crypto";
import { connect, type Received } from "./connect.js";

export interface TopicRead {
  readonly topic: string;
  /** How many records there should be. One that lies there twice takes the place of another. */
  readonly count: number;
  readonly timeoutMs: number;
  /** Whose committed offsets it begins at; without one, the start of the topic. */
  readonly groupId?: string;
}

/** A consumer that had to join again may be given the same offsets again: each counts once. */
export async function readTopic(bootstrapServers: string, read: TopicRead): Promise<Received[]> {
  const { topic, count, timeoutMs, groupId = `${topic}-${randomUUID()}` } = read;
  const received = new Map<string, Received>();
  const consumer = connect(bootstrapServers).consumer({ groupId });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const late = () => reject(new Error(`only ${received.size} of ${count} records came in ${timeoutMs} ms`));
      const timer = setTimeout(late, timeoutMs);
      const running = consumer.run({
        eachMessage: async ({ partition, message }) => {
          const place = `${partition}@${message.offset}`;
          if (received.size === count || received.has(place)) return;
          received.set(place, { partition, message });
          if (received.size < count) return;
          clearTimeout(timer);
          resolve();
        },
      });
      running.catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return [...received.values()];
}
