/** The commands against real brokers in this process, with records in them. */
import { type Admin as Client, Kafka, logLevel } from "kafkajs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nodeEnvironment } from "../../environments/node/node-environment.js";
import { type EmbeddedCluster, startCluster } from "../../testing/start-cluster.js";
import { exitCodes } from "../exit-codes.js";
import { parseAddresses } from "./asking/addresses.js";
import { Admin } from "./asking/admin.js";
import { listMoves, viewCluster } from "./asking/cluster-view.js";
import type { Carrying } from "./carry-out.js";
import { rebalance } from "./rebalance.js";
import { removeBroker } from "./remove.js";
import { showStatus } from "./status.js";
import { setThrottle } from "./throttle.js";

const RECORD_BYTES = 50_000;
const NO_LIMIT = 0;

let cluster: EmbeddedCluster;
let client: Client;
let admin: Admin;
let carrying: Carrying;
let printed: string[];
let complaints: string[];
let interrupt: () => void;

beforeEach(async () => {
  const properties = {
    "broker.session.timeout.ms": 2_000,
    "broker.heartbeat.interval.ms": 200,
    "replica.lag.time.max.ms": 2_000,
    "replica.fetch.response.max.bytes": RECORD_BYTES,
    "replication.quota.window.num": 2,
    "offsets.topic.num.partitions": 4,
    "offsets.topic.replication.factor": 2,
  };
  cluster = await startCluster({ brokers: 4, ephemeral: true, properties });
  const kafka = new Kafka({
    brokers: cluster.bootstrapServers.split(","),
    logLevel: logLevel.NOTHING,
    retry: { retries: 20 },
  });
  client = kafka.admin();
  await client.connect();
  const environment = nodeEnvironment();
  admin = new Admin(environment, parseAddresses(cluster.bootstrapServers) ?? []);
  [printed, complaints] = [[], []];
  const output = {
    print: (line: string) => void printed.push(line),
    complain: (it: string) => void complaints.push(it),
  };
  const controller = new AbortController();
  interrupt = () => controller.abort();
  carrying = { admin, wire: environment.wire, output, interruption: () => controller.signal };
});

afterEach(async () => {
  admin.close();
  await client.disconnect();
  await cluster.stop();
});

/** A topic whose partitions all lie there, with so many records in each. */
async function topicOn(topic: string, replicas: readonly number[], partitions: number, records = 0): Promise<void> {
  const replicaAssignment = Array.from({ length: partitions }, (_, partition) => ({
    partition,
    replicas: [...replicas],
  }));
  await client.createTopics({ topics: [{ topic, replicaAssignment }] });
  for (let partition = 0; partition < partitions; partition++) await fill(topic, partition, records);
}

async function fill(topic: string, partition: number, records: number, acks = -1): Promise<void> {
  if (records === 0) return;
  const kafka = new Kafka({
    brokers: cluster.bootstrapServers.split(","),
    logLevel: logLevel.NOTHING,
    retry: { retries: 20 },
  });
  const producer = kafka.producer();
  await producer.connect();
  for (let at = 0; at < records; at++) {
    await producer.send({ topic, acks, messages: [{ partition, value: Buffer.alloc(RECORD_BYTES, at) }] });
  }
  await producer.disconnect();
}

async function held(): Promise<Record<number, { replicas: number; leaders: number }>> {
  const { brokers, partitions } = await viewCluster(admin);
  const counts = brokers.map(({ id }) => {
    const replicas = partitions.filter((one) => one.replicas.includes(id)).length;
    return [id, { replicas, leaders: partitions.filter(({ leader }) => leader === id).length }] as const;
  });
  return Object.fromEntries(counts);
}

async function settings(type: number, name: string): Promise<Record<string, string>> {
  const { resources } = await client.describeConfigs({ includeSynonyms: false, resources: [{ type, name }] });
  const set = resources[0]?.configEntries.filter(({ configName, configValue }) => {
    return configName.includes("throttled") && configValue !== "" && configValue !== null;
  });
  return Object.fromEntries((set ?? []).map(({ configName, configValue }) => [configName, configValue]));
}

const [TOPIC, BROKER] = [2, 4];

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function json() {
  printed.length = 0;
  const code = await showStatus(admin, { json: true }, carrying.output);
  return { code, status: JSON.parse(printed[0] ?? "") };
}

describe("samsa cluster status", () => {
  test("shows every broker with what it leads and stores, and that all is well", async () => {
    await topicOn("orders", [1, 2], 3, 1);
    expect(await showStatus(admin, { json: false }, carrying.output)).toBe(exitCodes.ok);
    expect(printed[0]).toMatch(/^Cluster \S+: controller [1-4], 4 brokers, 2 topics, 7 partitions$/);
    expect(printed[2]).toMatch(/^BROKER +RACK +STATE +LEADERS +REPLICAS +BYTES +ADDRESS$/);
    expect(printed.at(-1)).toBe("All is well.");
    const { status } = await json();
    expect(status).toMatchObject({ isWell: true, problems: [], partitions: 7, offline: [], underReplicated: [] });
    expect(status.brokers[0]).toMatchObject({ id: 1, isAlive: true, rack: null });
    expect(status.brokers[0].bytes).toBeGreaterThan(3 * RECORD_BYTES);
  });

  test("says what is wrong when brokers are away, and ends with 1", async () => {
    await client.createTopics({
      topics: [
        {
          topic: "safe",
          replicaAssignment: [{ partition: 0, replicas: [1, 2, 3] }],
          configEntries: [{ name: "min.insync.replicas", value: "2" }],
        },
        { topic: "lonely", replicaAssignment: [{ partition: 0, replicas: [3] }] },
        { topic: "lacking", replicaAssignment: [{ partition: 0, replicas: [1, 2] }] },
      ],
    });
    await cluster.stopBroker(2);
    await cluster.stopBroker(3);
    await until(async () => (await json()).status.underMinIsr.length > 0);
    const { code, status } = await json();
    expect(code).toBe(exitCodes.failure);
    expect(status.problems).toContain("Broker 3 is registered, but does not run.");
    expect(status.offline.map(({ topic }: { topic: string }) => topic)).toContain("lonely");
    printed.length = 0;
    await showStatus(admin, { json: false }, carrying.output);
    expect(printed.join("\n")).toMatch(/[0-9] partitions? refuses? acks=all: too few replicas are in sync\./);
    expect(printed.find((line) => line.includes("safe-0:"))).toMatch(/replicas 1,2,3, in sync 1$/);
    // Below the minimum goes before what merely lacks replicas.
    const named = printed.filter((line) => line.startsWith("  "));
    const isAbout = (topic: string) => (line: string) => line.includes(`${topic}-0: leader 1`);
    expect(named.findIndex(isAbout("safe"))).toBeGreaterThan(-1);
    expect(named.findIndex(isAbout("lacking"))).toBeGreaterThan(named.findIndex(isAbout("safe")));
  });

  test("does not call all well when a broker comes back from a crash before anybody has missed it", async () => {
    await topicOn("orders", [1, 3], 1, 1);
    expect((await json()).code).toBe(exitCodes.ok);
    const slow = { topic: "orders", index: 0, from: [1], to: [1, 3], adds: [3], bytes: 0 };
    await setThrottle(admin, [slow], new Set([1, 3]), 1);
    await cluster.killBroker(3);
    await fill("orders", 0, 4, 1);
    const started = cluster.startBroker(3);
    let found = await json();
    while (found.status.brokers[2].bytes === null) found = await json();
    expect(found.code).toBe(exitCodes.failure);
    expect(found.status.underReplicated.map(({ topic }: { topic: string }) => topic)).toContain("orders");
    await started;
  });
});

describe("samsa cluster rebalance", () => {
  test("shows a plan, and moves nothing with --plan", async () => {
    await topicOn("orders", [1, 2], 8);
    expect(await rebalance(carrying, { plan: true, cancel: false, throttle: NO_LIMIT })).toBe(exitCodes.ok);
    expect(printed[0]).toMatch(/^[0-9]+ moves: [0-9]+ replicas to copy \(0 B\), [0-9]+ new preferred leaders?$/);
    expect(printed.filter((line) => line.startsWith("  orders-")).length).toBeGreaterThan(0);
    expect(await held()).toMatchObject({ 1: { replicas: expect.any(Number) } });
    expect((await viewCluster(admin)).partitions.filter(({ topic }) => topic === "orders")).toEqual(
      Array.from({ length: 8 }, () => expect.objectContaining({ replicas: [1, 2] })),
    );
  });

  test("evens out replicas and leaders under a throttle, and leaves none behind", async () => {
    await topicOn("orders", [1, 2], 8, 1);
    expect(await rebalance(carrying, { plan: false, cancel: false, throttle: 10_000_000 })).toBe(exitCodes.ok);
    expect(complaints).toEqual([]);
    const counts = Object.values(await held());
    for (const { replicas } of counts) expect(replicas).toBe((8 * 2 + 4 * 2) / 4);
    await until(async () => Object.values(await held()).every(({ leaders }) => leaders === 3));
    expect(await settings(TOPIC, "orders")).toEqual({});
    expect(await settings(BROKER, "1")).toEqual({});
    expect((await json()).status).toMatchObject({ isWell: true, moving: [] });
    printed.length = 0;
    expect(await rebalance(carrying, { plan: false, cancel: false, throttle: NO_LIMIT })).toBe(exitCodes.ok);
    expect(printed).toEqual(["Replicas, leaders and bytes are even."]);
  });

  test("gives leaderships back after a restart, which are not even although replicas are", async () => {
    await topicOn("orders", [1, 2, 3, 4], 2);
    await topicOn("payments", [2, 3, 4, 1], 2);
    await until(async () => (await json()).code === exitCodes.ok);
    await rebalance(carrying, { plan: false, cancel: false, throttle: NO_LIMIT });
    await until(async () => (await json()).status.preferredReplicaImbalance === 0);
    await cluster.stopBroker(2);
    await cluster.startBroker(2);
    await until(async () => (await json()).status.preferredReplicaImbalance > 0 && (await json()).status.isWell);
    printed.length = 0;
    expect(await showStatus(admin, { json: false }, carrying.output)).toBe(exitCodes.ok);
    expect(printed.find((line) => line.includes("than preferred"))).toContain("`samsa cluster rebalance` at once");
    printed.length = 0;
    await rebalance(carrying, { plan: true, cancel: false, throttle: NO_LIMIT });
    expect(printed).toEqual([expect.stringMatching(/^[0-9]+ partitions? goe?s? back to the preferred leader\.$/)]);
    await rebalance(carrying, { plan: false, cancel: false, throttle: NO_LIMIT });
    await until(async () => (await json()).status.preferredReplicaImbalance === 0);
  });

  test("that is interrupted says what goes on; another one goes on with it, and --cancel takes it back", async () => {
    await topicOn("orders", [1, 2], 8, 4);
    const slow = { plan: false, cancel: false, throttle: 1 };
    const running = rebalance(carrying, slow);
    await until(async () => (await listMoves(admin)).size > 0);
    expect(await settings(BROKER, "1")).toMatchObject({ "leader.replication.throttled.rate": "1" });
    expect((await settings(TOPIC, "orders"))["leader.replication.throttled.replicas"]).toMatch(/^\d:1,\d:2/);
    interrupt();
    expect(await running).toBe(exitCodes.failure);
    expect(complaints[0]).toMatch(
      /^Interrupted: [0-9]+ moves? under way will be finished by the cluster, 0 not begun\.$/,
    );
    expect(complaints[1]).toContain("--cancel");
    printed.length = 0;
    await showStatus(admin, { json: false }, carrying.output);
    expect(printed.find((line) => line.includes("on the move"))).toMatch(/^[0-9]+ partitions on the move\.$/);
    expect(await rebalance(carrying, { ...slow, cancel: true })).toBe(exitCodes.ok);
    expect(printed.at(-1)).toMatch(/^[0-9]+ moves? taken back; no throttle is left\.$/);
    expect((await listMoves(admin)).size).toBe(0);
    expect(await settings(BROKER, "1")).toEqual({});
    expect(await settings(TOPIC, "orders")).toEqual({});
  });

  test("gives topics of coordinators the replicas that they could not have when there were fewer brokers", async () => {
    const topic = "__transaction_state";
    const configEntries = [{ name: "min.insync.replicas", value: "1" }];
    const replicaAssignment = [0, 1].map((partition) => ({ partition, replicas: [1] }));
    await client.createTopics({ topics: [{ topic, replicaAssignment, configEntries }] });
    expect((await json()).status).toMatchObject({ isWell: true, fewReplicas: [{ topic, replicas: 1, wished: 3 }] });
    expect(await rebalance(carrying, { plan: false, cancel: false, throttle: 10_000_000 })).toBe(exitCodes.ok);
    expect(printed).toContain("__transaction_state: min.insync.replicas is 2 now.");
    const { partitions } = await viewCluster(admin);
    expect(partitions.filter((one) => one.topic === topic).map(({ isr }) => isr.length)).toEqual([3, 3]);
    expect((await json()).status.fewReplicas).toEqual([]);
  });

  test("does not take a broker that is away for one that has nothing to do", async () => {
    await cluster.stopBroker(4);
    await until(async () => !(await json()).status.brokers[3].isAlive);
    await expect(rebalance(carrying, { plan: true, cancel: false, throttle: NO_LIMIT })).rejects.toThrow(
      "Broker 4 is away: start it again, or take it out with `samsa cluster remove`.",
    );
  });
});

describe("samsa cluster remove", () => {
  const options = { plan: false, throttle: NO_LIMIT };

  test("empties a broker that runs, and forgets it once it has stopped", async () => {
    await topicOn("orders", [4, 1], 6, 1);
    expect(await removeBroker(carrying, 4, options)).toBe(exitCodes.ok);
    expect(printed.at(-1)).toMatch(/^Broker 4 holds nothing any more\. Stop it soon/);
    expect((await held())[4]).toEqual({ replicas: 0, leaders: 0 });
    await cluster.stopBroker(4);
    await until(async () => !(await json()).status.brokers[3].isAlive);
    expect(await removeBroker(carrying, 4, options)).toBe(exitCodes.ok);
    expect(printed.at(-1)).toBe("Broker 4 is removed.");
    const { code, status } = await json();
    expect([code, status.brokers.map(({ id }: { id: number }) => id)]).toEqual([exitCodes.ok, [1, 2, 3]]);
  });

  test("that was interrupted goes on where it was, and leaves no throttle", async () => {
    await topicOn("orders", [4, 1], 4, 4);
    const running = removeBroker(carrying, 4, { plan: false, throttle: 1 });
    await until(async () => (await listMoves(admin)).size > 0);
    interrupt();
    expect(await running).toBe(exitCodes.failure);
    carrying = { ...carrying, interruption: () => new AbortController().signal };
    expect(await removeBroker(carrying, 4, { plan: false, throttle: 100_000_000 })).toBe(exitCodes.ok);
    expect((await held())[4]).toEqual({ replicas: 0, leaders: 0 });
    expect(await settings(BROKER, "1")).toEqual({});
  });

  test("moves what a broker had that is away, from the replicas that are left", async () => {
    await topicOn("orders", [4, 1], 4, 1);
    await cluster.killBroker(4);
    await until(async () => !(await json()).status.brokers[3].isAlive);
    expect(await removeBroker(carrying, 4, options)).toBe(exitCodes.ok);
    expect(printed.at(-1)).toBe("Broker 4 is removed.");
    expect((await json()).code).toBe(exitCodes.ok);
  });

  test("says what stands in the way", async () => {
    await expect(removeBroker(carrying, 9, options)).rejects.toThrow("The cluster has no broker 9.");
    await topicOn("everywhere", [1, 2, 3, 4], 1);
    await expect(removeBroker(carrying, 4, options)).rejects.toThrow(
      "Without broker 4, 3 are left, and everywhere-0 have up to 4 replicas.",
    );
    await topicOn("lonely", [4], 1);
    await cluster.stopBroker(4);
    await until(async () => (await json()).status.offline.length > 0);
    await expect(removeBroker(carrying, 4, options)).rejects.toThrow("partitions that nobody leads (lonely-0)");
  });
});

test("a cluster that is not there is told of in a sentence", async () => {
  const nobody = new Admin(nodeEnvironment(), [{ host: "127.0.0.1", port: 1 }]);
  await expect(viewCluster(nobody)).rejects.toThrow(
    "No broker answers at 127.0.0.1:1: start one, or name others with --bootstrap.",
  );
  nobody.close();
});
