/**
 * Reads one topic and writes every value to another, exactly once: `copy-with-kafkajs.ts SERVERS FROM TO GROUP`. It has
 * one answer to whatever goes wrong: it ends, and whoever started it starts it again.
 */
import { type EachBatchPayload, Kafka, logLevel, type Producer } from "kafkajs";

const RECORDS_PER_TRANSACTION = 20;
const [servers = "", from = "", to = "", group = ""] = process.argv.slice(2);

function end(why: unknown): never {
  console.log(`ends: ${why instanceof Error ? why.message : String(why)}`);
  process.exit(1);
}

async function copy({ batch, heartbeat, isRunning, isStale }: EachBatchPayload, producer: Producer): Promise<void> {
  for (let start = 0; start < batch.messages.length; start += RECORDS_PER_TRANSACTION) {
    if (!isRunning() || isStale()) return;
    const messages = batch.messages.slice(start, start + RECORDS_PER_TRANSACTION);
    const offset = String(BigInt(messages.at(-1)?.offset ?? 0) + 1n);
    const transaction = await producer.transaction();
    const { partition } = batch;
    await transaction.send({ topic: to, messages: messages.map(({ key, value }) => ({ key, value, partition })) });
    console.log("open");
    const topics = [{ topic: from, partitions: [{ partition, offset }] }];
    await transaction.sendOffsets({ consumerGroupId: group, topics });
    await transaction.commit();
    console.log(`committed ${messages.length}`);
    await heartbeat();
  }
}

const kafka = new Kafka({ clientId: "copier", brokers: [servers], logLevel: logLevel.NOTHING, retry: { retries: 20 } });
const producer = kafka.producer({
  transactionalId: `${group}-copier`,
  idempotent: true,
  maxInFlightRequests: 1,
  transactionTimeout: 10_000,
});
const consumer = kafka.consumer({ groupId: group, sessionTimeout: 2000, heartbeatInterval: 300 });
consumer.on(consumer.events.CRASH, ({ payload }) => end(payload.error));
process.on("unhandledRejection", end);
try {
  await producer.connect();
  // It takes over the transactional id: what its predecessor left is ended before the offsets are read.
  await (await producer.transaction()).abort();
  await consumer.connect();
  await consumer.subscribe({ topic: from, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: async (payload) => {
      await copy(payload, producer).catch(end);
      payload.resolveOffset(payload.batch.lastOffset());
    },
  });
} catch (error) {
  end(error);
}
