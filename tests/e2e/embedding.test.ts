import { rmSync } from "node:fs";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type BrokerOptions, type EmbeddedBroker, startBroker, startCluster } from "../../src/index.js";
import { folderOfThisTest } from "../support/folder-of-this-test.js";

/** One broker, or several. */
type Addressed = Pick<EmbeddedBroker, "bootstrapServers">;

async function start(options: BrokerOptions): Promise<EmbeddedBroker> {
  const broker = await startBroker(options);
  onTestFinished(() => broker.stop());
  return broker;
}

function clientOf({ bootstrapServers }: Addressed): Kafka {
  return new Kafka({ clientId: "e2e", brokers: bootstrapServers.split(","), logLevel: logLevel.NOTHING });
}

async function produce(broker: Addressed, topic: string, values: readonly string[]): Promise<void> {
  const producer = clientOf(broker).producer();
  await producer.connect();
  await producer.send({
    topic,
    messages: values.map((value, i) => ({ key: `k${i}`, value, headers: { n: String(i) } })),
  });
  await producer.disconnect();
}

/** Reads with a group until `count` records have come, commits, and leaves. */
async function consume(broker: Addressed, topic: string, groupId: string, count: number): Promise<string[]> {
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
    const data = folderOfThisTest();
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
    const data = folderOfThisTest();
    const broker = await start({ port: 0, data });
    await expect(startBroker({ port: 0, data })).rejects.toThrow(/in use by process/);
    await produce(broker, "unharmed", ["still here"]);
    expect(await consume(broker, "unharmed", "readers", 1)).toEqual(["still here"]);
  });

  test("does not take the folder of several brokers for its own, nor they the folder of one", async () => {
    const [ofSeveral, ofOne] = [folderOfThisTest(), folderOfThisTest()];
    const cluster = await startCluster({ brokers: 2, data: ofSeveral });
    await cluster.stop();
    await expect(startBroker({ data: ofSeveral })).rejects.toThrow(/is that of several brokers/);
    await (await startBroker({ data: ofOne })).stop();
    await expect(startCluster({ brokers: 2, data: ofOne })).rejects.toThrow(/is that of one broker/);
    await (await startCluster({ brokers: 2, data: ofSeveral })).stop();
  });

  test("is refused, one of several, when the metadata of their data is gone", async () => {
    const data = folderOfThisTest();
    const cluster = await startCluster({ brokers: 2, data });
    await produce(cluster, "precious", ["one"]);
    await cluster.stop();
    rmSync(join(data, "metadata", "__cluster_metadata-0"), { recursive: true });
    const sentence = /holds partitions, but no record in the metadata log/;
    await expect(startCluster({ brokers: 2, data })).rejects.toThrow(sentence);
  });

  test("says in one sentence that its port is taken", async () => {
    const broker = await start({ port: 0, ephemeral: true });
    const port = Number(broker.bootstrapServers.split(":")[1]);
    await expect(startBroker({ port, ephemeral: true })).rejects.toThrow(new RegExp(`port ${port}`));
  });

  test("refuses a property value that is not valid, with its name, the reason and where it was given", async () => {
    const options = { port: 0, ephemeral: true, properties: { "num.partitions": "many" } };
    await expect(startBroker(options)).rejects.toThrow(/num\.partitions: Not a number of type INT \(properties\)/);
  });

  test("writes to its log what the property samsa.log.level says, as the command does", async () => {
    const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    onTestFinished(() => written.mockRestore());
    const misspelt = { "num.partitons": 3 };
    await start({ ephemeral: true, properties: { ...misspelt, "samsa.log.level": "error" } });
    expect(written).not.toHaveBeenCalled();
    await start({ ephemeral: true, properties: misspelt });
    expect(written).toHaveBeenCalledWith(expect.stringContaining("did you mean num.partitions?"));
  });

  test("refuses a port that it would not listen on, as the listeners are given too", async () => {
    const options = { port: 9092, ephemeral: true, properties: { listeners: "PLAINTEXT://127.0.0.1:0" } };
    await expect(startBroker(options)).rejects.toThrow("Give either port or the property listeners, not both");
  });
});

describe("a cluster in the process of its test", () => {
  async function cluster() {
    const properties = { "broker.session.timeout.ms": 1_000, "broker.heartbeat.interval.ms": 200 };
    const started = await startCluster({ brokers: 2, ephemeral: true, logLevel: "silent", properties });
    onTestFinished(() => started.stop());
    return started;
  }

  test("does what is asked of one broker in the order in which it was asked, although nobody waits", async () => {
    const two = await cluster();
    const asked = [two.stopBroker(2), two.startBroker(2), two.startBroker(2), two.killBroker(2), two.startBroker(2)];
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.map(({ status }) => status === "fulfilled")).toEqual([true, true, false, true, true]);
    expect(outcomes[2]).toMatchObject({ reason: { message: "Broker 2 runs already." } });
    expect(two.nodeIds).toEqual([1, 2]);
  });

  test("ends while one of its brokers starts, and starts none afterwards", async () => {
    const two = await cluster();
    await two.stopBroker(2);
    await Promise.all([two.startBroker(2).catch(() => {}), two.stop()]);
    await expect(two.startBroker(1)).rejects.toThrow("The cluster was stopped, and its brokers with it");
    await two.stopBroker(1);
    expect(two.nodeIds).toEqual([]);
  });

  test("refuses a broker that it does not have", async () => {
    const two = await cluster();
    for (const act of [two.startBroker, two.stopBroker, two.killBroker]) {
      await expect(act(3)).rejects.toThrow("The cluster has no broker 3: it has 1, 2.");
    }
  });
});

test("a topic made on first use outlives one of three brokers", async () => {
  const properties = {
    "broker.session.timeout.ms": 1_000,
    "broker.heartbeat.interval.ms": 200,
    "group.initial.rebalance.delay.ms": 0,
    "offsets.topic.num.partitions": 1,
  };
  const cluster = await startCluster({ brokers: 3, ephemeral: true, logLevel: "silent", properties });
  onTestFinished(() => cluster.stop());
  await produce(cluster, "made-before", ["one"]);
  const admin = clientOf(cluster).admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: ["made-before"] });
  await admin.disconnect();
  expect(topics[0]?.partitions[0]?.replicas).toHaveLength(3);
  await cluster.killBroker(topics[0]?.partitions[0]?.leader ?? 0);
  await produce(cluster, "made-after", ["one"]);
  await produce(cluster, "made-before", ["two"]);
  expect(await consume(cluster, "made-before", "readers", 2)).toEqual(["one", "two"]);
});
