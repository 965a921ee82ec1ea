/** `session.ts SERVERS`: what kafkajs can do, once. */
import { setTimeout as sleep } from "node:timers/promises";
import { CompressionTypes, Kafka, logLevel } from "kafkajs";
import packageOfKafkajs from "kafkajs/package.json" with { type: "json" };

const topic = "recorded-kafkajs";
const groupId = `${topic}-group`;
const kafka = new Kafka({ clientId: topic, brokers: [String(process.argv[2])], logLevel: logLevel.NOTHING });
/** What the broker does after it has answered: opening logs, ending transactions. */
const SETTLED_MS = 1000;
/** Of all producers but the transactional one. */
const RECORDS = 9;

console.log(`kafkajs ${packageOfKafkajs.version}`);
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: false });
await sleep(SETTLED_MS);
await admin.fetchTopicMetadata({ topics: [topic] });

const producer = kafka.producer();
await producer.connect();
for (const compression of [CompressionTypes.None, CompressionTypes.GZIP]) {
  const messages = ["one", "two", "three"].map((value, partition) => ({
    ...{ key: value, value, partition: partition % 2, headers: { compression: String(compression) } },
  }));
  await producer.send({ topic, compression, acks: -1, messages });
}
await producer.send({ topic, acks: 1, messages: [{ value: "of the leader alone", partition: 0 }] });
await producer.disconnect();

const idempotent = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
await idempotent.connect();
for (const value of ["first", "second"]) await idempotent.send({ topic, messages: [{ value, partition: 1 }] });
await idempotent.disconnect();

const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 300 });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
let seen = 0;
await new Promise<void>((resolve, reject) => {
  const running = consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic: of, partition, message }) => {
      seen += 1;
      await consumer.commitOffsets([{ topic: of, partition, offset: String(Number(message.offset) + 1) }]);
      if (seen === RECORDS) resolve();
    },
  });
  running.catch(reject);
});
await sleep(SETTLED_MS);
await consumer.disconnect();

const transactional = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: `${topic}-tx` });
await transactional.connect();
for (const ending of ["commit", "abort"] as const) {
  const transaction = await transactional.transaction();
  await transaction.send({ topic, messages: [{ value: `to ${ending}`, partition: 0 }] });
  await transaction.sendOffsets({
    consumerGroupId: groupId,
    topics: [{ topic, partitions: [{ partition: 0, offset: "1" }] }],
  });
  await transaction[ending]();
  await sleep(SETTLED_MS);
}
await transactional.disconnect();

await admin.fetchOffsets({ groupId, topics: [topic] });
await admin.fetchTopicOffsets(topic);
await admin.describeGroups([groupId]);
await admin.listGroups();
await admin.describeCluster();
await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
await sleep(SETTLED_MS);
await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: "0" }] });
await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "2" }] });
await admin.deleteGroups([groupId]);
await admin.deleteTopics({ topics: [topic] });
await admin.disconnect();
