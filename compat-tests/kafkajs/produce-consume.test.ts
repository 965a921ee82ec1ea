/** kafkajs producers and consumers, alone and in groups. */
import { CompressionTypes, type Consumer } from "kafkajs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Codec, codecsOnDisk } from "../../tests/support/codecs.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { connect, createTopic, receive } from "./connect.js";

const broker = targetForThisFile();
const consumers: Consumer[] = [];
let kafka: ReturnType<typeof connect>;

beforeEach(() => {
  kafka = connect(broker().bootstrapServers);
});

afterEach(async () => {
  for (const consumer of consumers.splice(0)) await consumer.disconnect();
});

async function consumer(groupId: string, topic: string): Promise<Consumer> {
  const created = kafka.consumer({ groupId });
  consumers.push(created);
  await created.connect();
  await created.subscribe({ topic, fromBeginning: true });
  return created;
}

async function produce(topic: string, values: readonly string[], compression = CompressionTypes.None): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, compression, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}

const kafkajsCodecs: [Codec, CompressionTypes][] = [
  ["none", CompressionTypes.None],
  ["gzip", CompressionTypes.GZIP],
];

test.each(kafkajsCodecs)(
  "records sent with %s come back whole, and lie on disk with that codec",
  async (codec, type) => {
    const topic = `kafkajs-${codec}`;
    const values = Array.from({ length: 300 }, (_, index) => `value ${index} ${"and again ".repeat(10)}`);
    await produce(topic, values, type);

    const received = await receive(await consumer(`${topic}-readers`, topic), values.length);

    expect(received.map(({ message }) => message.value?.toString())).toEqual(values);
    expect(received.map(({ message }) => message.offset)).toEqual(values.map((_, index) => String(index)));
    expect(codecsOnDisk(broker(), topic, 0)).toEqual([codec]);
  },
);

test("keys, headers, tombstones and timestamps are kept", async () => {
  const topic = "kafkajs-fields";
  const producer = kafka.producer();
  await producer.connect();
  const headers = { colour: "blue", many: ["one", "two"], empty: "" };
  await producer.send({
    topic,
    messages: [
      { key: "first", value: "one", headers, timestamp: "1700000000000" },
      { key: "second", value: null, timestamp: "1700000000001" },
    ],
  });
  await producer.disconnect();

  const received = await receive(await consumer("kafkajs-fields-readers", topic), 2);

  const [first, second] = received.map(({ message }) => message);
  expect(first?.key?.toString()).toBe("first");
  expect(first?.value?.toString()).toBe("one");
  expect(first?.timestamp).toBe("1700000000000");
  expect(JSON.parse(JSON.stringify(first?.headers), asText)).toEqual({
    colour: "blue",
    many: ["one", "two"],
    empty: "",
  });
  expect(second?.key?.toString()).toBe("second");
  expect(second?.value).toBeNull();
});

/** A Buffer that went through JSON, as the text it holds. */
function asText(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("type" in value) || value.type !== "Buffer") return value;
  return "data" in value && Array.isArray(value.data) ? Buffer.from(value.data).toString() : value;
}

test("records with a key stay together, whichever partition their key chose", async () => {
  const topic = "kafkajs-keys";
  await createTopic(kafka, { topic, numPartitions: 4 });
  const producer = kafka.producer();
  await producer.connect();
  const messages = Array.from({ length: 80 }, (_, index) => ({ key: `key-${index % 8}`, value: String(index) }));
  await producer.send({ topic, messages });
  await producer.disconnect();

  const received = await receive(await consumer("kafkajs-keys-readers", topic), messages.length);

  const partitionsOfKey = new Map<string, Set<number>>();
  for (const { partition, message } of received) {
    const key = message.key?.toString() ?? "";
    partitionsOfKey.set(key, (partitionsOfKey.get(key) ?? new Set()).add(partition));
  }
  expect([...partitionsOfKey.values()].every((partitions) => partitions.size === 1)).toBe(true);
  expect(partitionsOfKey.size).toBe(8);
});

test("an idempotent producer is served, and its records come once", async () => {
  const topic = "kafkajs-idempotent";
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (let index = 0; index < 10; index += 1) {
    await producer.send({ topic, acks: -1, messages: [{ value: String(index) }] });
  }
  await producer.disconnect();

  const received = await receive(await consumer("kafkajs-idempotent-readers", topic), 10);

  expect(received.map(({ message }) => message.value?.toString())).toEqual([..."0123456789"]);
});

describe("consumer groups", () => {
  test("a second member takes half of the partitions, and gives them back when it leaves", async () => {
    const topic = "kafkajs-sharing";
    await createTopic(kafka, { topic, numPartitions: 4 });
    const admin = kafka.admin();
    await admin.connect();
    const partitionsByMember = async () => {
      const { groups } = await admin.describeGroups(["kafkajs-sharing-readers"]);
      return { state: groups[0]?.state, members: groups[0]?.members.length };
    };

    const first = await consumer("kafkajs-sharing-readers", topic);
    const firstOwns = assignments(first);
    await first.run({ eachMessage: async () => {} });
    await expect.poll(firstOwns, { timeout: 20_000 }).toEqual([0, 1, 2, 3]);

    const second = await consumer("kafkajs-sharing-readers", topic);
    const secondOwns = assignments(second);
    await second.run({ eachMessage: async () => {} });
    await expect.poll(() => [...firstOwns(), ...secondOwns()].sort(), { timeout: 20_000 }).toEqual([0, 1, 2, 3]);
    expect(firstOwns()).toHaveLength(2);
    expect(await partitionsByMember()).toEqual({ state: "Stable", members: 2 });

    await second.disconnect();
    await expect.poll(firstOwns, { timeout: 20_000 }).toEqual([0, 1, 2, 3]);
    await admin.disconnect();
  });

  test("a new member of an old group goes on where the group stopped", async () => {
    const topic = "kafkajs-resume";
    await produce(topic, ["one", "two"]);
    const first = await consumer("kafkajs-resume-readers", topic);
    await receive(first, 2);
    await first.disconnect();

    await produce(topic, ["three"]);
    const received = await receive(await consumer("kafkajs-resume-readers", topic), 1);

    expect(received.map(({ message }) => message.value?.toString())).toEqual(["three"]);
  });
});

/** What a consumer was given at its last join: sorted partitions of its one topic. */
function assignments(of: Consumer): () => number[] {
  let partitions: number[] = [];
  of.on(of.events.GROUP_JOIN, ({ payload }) => {
    partitions = Object.values(payload.memberAssignment).flat().sort();
  });
  return () => partitions;
}
