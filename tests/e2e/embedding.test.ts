import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { afterEach, describe, expect, test } from "vitest";
import { type BrokerOptions, type EmbeddedBroker, startBroker } from "../../src/index.js";

const cleanUps: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(options: BrokerOptions): Promise<EmbeddedBroker> {
  const broker = await startBroker(options);
  cleanUps.push(() => broker.stop());
  return broker;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "samsa-e2e-"));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function clientOf(broker: EmbeddedBroker): Kafka {
  return new Kafka({ clientId: "e2e", brokers: [broker.bootstrapServers], logLevel: logLevel.NOTHING });
}

async function produce(broker: EmbeddedBroker, topic: string, values: readonly string[]): Promise<void> {
  const producer = clientOf(broker).producer();
  await producer.connect();
  await producer.send({
    topic,
    messages: values.map((value, i) => ({ key: `k${i}`, value, headers: { n: String(i) } })),
  });
  await producer.disconnect();
}

/** Reads with a group until `count` records have come, commits, and leaves. */
async function consume(broker: EmbeddedBroker, topic: string, groupId: string, count: number): Promise<string[]> {
  const consumer = clientOf(broker).consumer({ groupId, rebalanceTimeout: 5000, sessionTimeout: 10_000 });
  const values: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    const run = consumer.run({
      eachMessage: async ({ message }) => {
        values.push(message.value?.toString() ?? "");
        if (values.length >= count) resolve();
      },
    });
    run.catch(reject);
  });
  await consumer.stop();
  await consumer.disconnect();
  return values;
}

describe("a broker in the process of its test", () => {
  test("takes records from kafkajs and gives them to a consumer group", async () => {
    const broker = await start({ port: 0, ephemeral: true });
    await produce(broker, "greetings", ["hello", "world"]);
    expect((await consume(broker, "greetings", "readers", 2)).sort()).toEqual(["hello", "world"]);
  });

  test("does not touch the one beside it", async () => {
    const [one, other] = await Promise.all([start({ port: 0, ephemeral: true }), start({ port: 0, ephemeral: true })]);
    await produce(one, "only-here", ["x"]);
    const admin = clientOf(other).admin();
    await admin.connect();
    expect(await admin.listTopics()).not.toContain("only-here");
    await admin.disconnect();
  });

  test("keeps topics, records, groups and offsets over a restart", async () => {
    const data = temporaryFolder();
    const first = await startBroker({ port: 0, data });
    await produce(first, "kept", ["one", "two"]);
    expect(await consume(first, "kept", "keepers", 2)).toHaveLength(2);
    await first.stop();

    const second = await start({ port: 0, data });
    expect(second.clusterId).toBe(first.clusterId);
    await produce(second, "kept", ["three"]);
    expect(await consume(second, "kept", "keepers", 1)).toEqual(["three"]);
    const admin = clientOf(second).admin();
    await admin.connect();
    const offsets = await admin.fetchTopicOffsets("kept");
    expect(offsets.map(({ low, high }) => [low, high])).toEqual([["0", "3"]]);
    await admin.disconnect();
  });

  test("says in one sentence that another broker uses its folder, and harms nothing", async () => {
    const data = temporaryFolder();
    const broker = await start({ port: 0, data });
    await expect(startBroker({ port: 0, data })).rejects.toThrow(/in use by process/);
    await produce(broker, "unharmed", ["still here"]);
    expect(await consume(broker, "unharmed", "readers", 1)).toEqual(["still here"]);
  });

  test("says in one sentence that its port is taken", async () => {
    const broker = await start({ port: 0, ephemeral: true });
    const port = Number(broker.bootstrapServers.split(":")[1]);
    await expect(startBroker({ port, ephemeral: true })).rejects.toThrow(new RegExp(`port ${port}`));
  });

  test("refuses a property value that is not valid, with its name and the reason", async () => {
    const options = { port: 0, ephemeral: true, properties: { "num.partitions": "many" } };
    await expect(startBroker(options)).rejects.toThrow(/num\.partitions/);
  });
});
