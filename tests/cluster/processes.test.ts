/** Brokers as processes of their own, over etcd: how they find each other, and who is not let in. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Child } from "../support/child-process.js";
import { inRepository } from "../support/repository.js";
import { runCommand } from "../support/run-command.js";
import { whyNoEtcd } from "./machines/etcd-members.js";
import { freePorts } from "./machines/free-ports.js";
import { RealCluster } from "./machines/real-cluster.js";
import { readAll } from "./read-all.js";
import { until } from "./three-brokers.js";

const why = whyNoEtcd();
const TOPIC = "orders";
const PARTITIONS = 6;

let cluster: RealCluster;

/** A node beside the three, which ends by itself: its exit code, and what it said. */
async function refused(properties: Readonly<Record<string, string>>) {
  const [port] = await freePorts(1);
  const file = join(cluster.folder, "another.properties");
  const all = {
    listeners: `PLAINTEXT://127.0.0.1:${port}`,
    "samsa.metadata.engine": "etcd",
    "samsa.metadata.etcd.endpoints": cluster.etcd.endpoints,
    ...properties,
  };
  writeFileSync(
    file,
    Object.entries(all)
      .map((entry) => `${entry.join("=")}\n`)
      .join(""),
  );
  const args = [inRepository("dist", "samsa.js"), "start", "--config", file];
  const child = new Child({ command: process.execPath, args });
  return { code: await child.ended, said: child.output };
}

function client(): Kafka {
  const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 60 };
  const settings = { connectionTimeout: 1_000, logLevel: logLevel.NOTHING, retry };
  return new Kafka({ clientId: "test", brokers: cluster.bootstrap.split(","), ...settings });
}

async function send(values: readonly string[]): Promise<void> {
  const producer = client().producer({ idempotent: true });
  await producer.connect();
  const messages = values.map((value, i) => ({ value, partition: i % PARTITIONS }));
  await producer.send({ topic: TOPIC, acks: -1, messages });
  await producer.disconnect();
}

/** For each partition: whether all three replicas are in sync. */
async function inSync(): Promise<readonly boolean[]> {
  const admin = client().admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] });
  await admin.disconnect();
  return topics[0]?.partitions.map(({ isr }) => isr.length === 3) ?? [];
}

describe.skipIf(why !== null)(`three processes on one etcd${why === null ? "" : ` (skipped: ${why})`}`, () => {
  beforeAll(async () => {
    cluster = await RealCluster.start();
    const admin = client().admin();
    await admin.connect();
    const configEntries = [{ name: "min.insync.replicas", value: "2" }];
    const topic = { topic: TOPIC, numPartitions: PARTITIONS, replicationFactor: 3, configEntries };
    await admin.createTopics({ topics: [topic] });
    await admin.disconnect();
  });
  afterAll(() => cluster?.stop());

  test("are one cluster, which goes on when one is killed, and takes it back", async () => {
    const batch = (name: string) => Array.from({ length: 2 * PARTITIONS }, (_, i) => `${name} ${i}`);
    await send(batch("before"));
    const [first] = cluster.brokers;
    await first?.kill();
    await send(batch("without"));
    await first?.start();
    await until(async () => (await inSync()).every(Boolean));
    await send(batch("after"));
    const sent = ["before", "without", "after"].flatMap(batch).sort();
    expect([...(await readAll(client(), TOPIC, sent.length))].sort()).toEqual(sent);
  });

  // One of the three is the controller, whose namesake cannot even ask it.
  test.each([1, 2, 3])("let nobody in whose node.id is taken (%i), and say where it runs", async (id) => {
    const folder = join(cluster.folder, `another-${id}`);
    const { code, said } = await refused({ "node.id": String(id), "log.dirs": folder });
    expect(code).toBe(1);
    expect(said).toContain(
      `Another broker with node.id ${id} is running at 127.0.0.1:${cluster.broker(id).address.port}.`,
    );
  });

  test("each stop in order, and serve again", async () => {
    const second = cluster.broker(2);
    expect(await second.stop()).toBe(0);
    await second.start();
    await until(async () => (await inSync()).every(Boolean));
  });

  test("a folder of theirs serves no other cluster, and no broker by itself", async () => {
    const third = cluster.broker(3);
    await third.stop();
    const folder = { "node.id": "3", "log.dirs": join(cluster.folder, "broker-3") };
    const elsewhere = await refused({ ...folder, "samsa.metadata.etcd.cluster": "another" });
    expect(elsewhere).toMatchObject({ code: 1, said: expect.stringContaining("belongs to the cluster") });
    const alone = await refused({ ...folder, "samsa.metadata.engine": "local" });
    expect(alone).toMatchObject({ code: 1, said: expect.stringContaining("holds partitions, but no metadata log") });
    await third.start();
  });

  test("tell what they know while etcd has no majority: that there is no controller, and who leads", async () => {
    const told = () =>
      runCommand(process.execPath, [
        inRepository("dist", "samsa.js"),
        "cluster",
        "status",
        "--bootstrap",
        cluster.bootstrap,
      ]);
    await cluster.etcd.kill(0);
    await cluster.etcd.kill(1);
    await until(async () => (await told()).stdout.includes("There is no controller"));
    const { code, stdout } = await told();
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/no controller, 3 brokers, .*BROKER.*There is no controller/s),
    ]);
    cluster.etcd.startAll();
    await cluster.etcd.ready();
    await until(async () => (await told()).code === 0);
  });

  test("etcd that does not answer is waited for, and then given up", async () => {
    const [port] = await freePorts(1);
    const { code, said } = await refused({
      ...{ "node.id": "4", "log.dirs": join(cluster.folder, "another-4") },
      ...{ "samsa.metadata.etcd.endpoints": `127.0.0.1:${port}`, "samsa.metadata.etcd.start.timeout.ms": "2000" },
    });
    expect(code).toBe(1);
    expect(said).toContain("No answer from etcd");
  });
});
