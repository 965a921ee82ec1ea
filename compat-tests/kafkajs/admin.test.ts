/** The admin client of kafkajs. */
import { type Admin, ConfigResourceTypes, type Kafka } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { connect, createTopic } from "./connect.js";

const broker = targetForThisFile();
let kafka: Kafka;
let admin: Admin;

beforeAll(async () => {
  kafka = connect(broker().bootstrapServers);
  admin = kafka.admin();
  await admin.connect();
});

afterAll(async () => {
  await admin.disconnect();
});

async function produce(topic: string, count: number, partition = 0): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  const messages = Array.from({ length: count }, (_, index) => ({ partition, value: String(index) }));
  await producer.send({ topic, messages });
  await producer.disconnect();
}

test("the cluster is described by its one broker, which is the controller", async () => {
  const cluster = await admin.describeCluster();

  expect(cluster.brokers).toEqual([{ nodeId: cluster.controller, host: broker().host, port: broker().port }]);
  expect(cluster.clusterId).toMatch(/^[A-Za-z0-9_-]{22}$/);
});

test("topics are created once, listed, described, given more partitions, and deleted", async () => {
  const topic = "admin-topics";
  const creation = { waitForLeaders: false, topics: [{ topic, numPartitions: 2 }] };
  expect(await admin.createTopics(creation)).toBe(true);
  expect(await admin.createTopics(creation)).toBe(false);
  await expect.poll(() => admin.listTopics()).toContain(topic);

  await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
  const partitions = async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions.map(({ partitionId }) => partitionId).sort();
  };
  await expect.poll(partitions).toEqual([0, 1, 2]);

  await admin.deleteTopics({ topics: [topic] });
  await expect.poll(() => admin.listTopics()).not.toContain(topic);
});

test("a topic name that Kafka forbids is refused with Kafka's own error", async () => {
  await expect(admin.createTopics({ topics: [{ topic: "no spaces" }] })).rejects.toMatchObject({
    errors: [{ type: "INVALID_TOPIC_EXCEPTION" }],
  });
});

test("configs of a topic are described and altered", async () => {
  const topic = "admin-configs";
  await createTopic(kafka, { topic, configEntries: [{ name: "retention.ms", value: "3600000" }] });
  const retention = async () => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: ["retention.ms"] }],
    });
    return resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]);
  };
  expect(await retention()).toEqual([["retention.ms", "3600000"]]);

  await admin.alterConfigs({
    validateOnly: false,
    resources: [
      { type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name: "retention.ms", value: "7200000" }] },
    ],
  });
  // The broker of Apache Kafka learns from its controller a moment later what it has altered.
  await expect.poll(retention, { timeout: 10_000 }).toEqual([["retention.ms", "7200000"]]);
});

test("offsets of a topic are listed, by time too, and records before an offset are deleted", async () => {
  const topic = "admin-offsets";
  await createTopic(kafka, { topic, numPartitions: 2 });
  await produce(topic, 5);
  expect(await admin.fetchTopicOffsets(topic)).toEqual([
    { partition: 0, offset: "5", high: "5", low: "0" },
    { partition: 1, offset: "0", high: "0", low: "0" },
  ]);
  expect(await admin.fetchTopicOffsetsByTimestamp(topic, 0)).toContainEqual({ partition: 0, offset: "0" });

  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "3" }] });
  expect(await admin.fetchTopicOffsets(topic)).toContainEqual({ partition: 0, offset: "5", high: "5", low: "3" });
});

test("groups have offsets that are set, fetched and reset, and are listed, described and deleted", async () => {
  const [topic, groupId] = ["admin-groups", "admin-group"];
  await createTopic(kafka, { topic, numPartitions: 1 });
  await produce(topic, 5);
  const offset = async () => {
    const fetched = await admin.fetchOffsets({ groupId, topics: [topic] });
    return fetched[0]?.partitions[0]?.offset;
  };

  await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: "3" }] });
  expect(await offset()).toBe("3");
  await admin.resetOffsets({ groupId, topic, earliest: true });
  // kafkajs commits the word for "earliest" itself, and the broker keeps a negative offset as it comes.
  expect(await offset()).toBe("-2");

  const { groups } = await admin.listGroups();
  expect(groups).toContainEqual({ groupId, protocolType: "consumer" });
  const described = await admin.describeGroups([groupId]);
  expect(described.groups[0]).toMatchObject({ groupId, state: "Empty", members: [] });

  expect(await admin.deleteGroups([groupId])).toMatchObject([{ groupId, errorCode: 0 }]);
  expect((await admin.listGroups()).groups.map((group) => group.groupId)).not.toContain(groupId);
});
